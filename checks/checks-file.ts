import { z } from 'zod';
import { SPLITS, type Sha256 } from '../dataset/dataset.js';
import { CHECKS, type CheckSettings } from './check-settings.js';
import type { Findings, FoundPicture } from './findings.js';
import { isLeak, judgeFindings, type Verdicts } from './judge-findings.js';

/** Examples of each kind. */
export const MOST_EXAMPLES = 20;

const picture = z.object({ key: z.string(), split: z.enum(SPLITS), class: z.string(), sha256: z.string() });
const share = z.number();
const counted = z.number().int().nonnegative();
/** What needs features is a sentence on why nobody looked where nobody did. */
const orReason = <Shape extends z.ZodType>(schema: Shape) => z.union([schema, z.string()]);

const checksSchema = z.object({
  format: z.literal(1),
  version: z.string(),
  fingerprint: z.string(),
  pictures: counted,
  distinct: counted,
  verdicts: z.record(
    z.enum(CHECKS),
    z.object({
      level: z.enum(['passed', 'warned', 'failed', 'not looked at']),
      sentence: z.string(),
      value: z.number().nullable(),
      limits: z.object({ warn: z.number(), fail: z.number() }),
    }),
  ),
  identical: z.object({
    groups: counted,
    acrossSplits: counted,
    contradictory: counted,
    examples: z.array(z.array(picture)),
  }),
  near: orReason(
    z.object({
      compared: counted,
      pairs: counted,
      acrossSplits: counted,
      groups: counted,
      examples: z.array(
        z.object({ pictures: z.tuple([picture, picture]), cosine: share, layout: share, detail: share }),
      ),
    }),
  ),
  labels: orReason(
    z.object({
      looked: counted,
      leftOut: counted,
      evaluation: z.boolean(),
      suspects: counted,
      examples: z.array(
        z.object({ picture, suggested: z.string(), selfConfidence: share, suggestedConfidence: share }),
      ),
    }),
  ),
  outliers: orReason(
    z.object({ found: counted, limit: share, examples: z.array(z.object({ picture, distance: share })) }),
  ),
  balance: z.record(z.string(), counted),
});

/** `runs/<runId>/checks.json`: counts, and at most {@link MOST_EXAMPLES} examples of each kind. */
export type ChecksFile = Readonly<z.infer<typeof checksSchema>>;

/** What was looked at, and by which limits. */
export interface ChecksSubject {
  /** Of the data set. */
  readonly version: Sha256;
  readonly fingerprint: Sha256;
  readonly settings: CheckSettings;
}

/** Puts together what a run keeps of its findings. */
export function composeChecks(
  findings: Findings,
  { version, fingerprint, settings }: ChecksSubject,
): ChecksFile {
  const { pictures, distinct, identical, near, groups, labels, outliers, balance } = findings;
  return {
    ...{ format: 1, version, fingerprint, pictures, distinct, balance: { ...balance } },
    verdicts: withLimits(judgeFindings(findings, settings.limits), settings),
    identical: {
      groups: identical.length,
      acrossSplits: identical.filter(isAcrossSplits).length,
      contradictory: identical.filter((files) => new Set(files.map((file) => file.class)).size > 1).length,
      examples: leaksFirst(identical, (files) => files).map((files) => files.slice(0, MOST_EXAMPLES)),
    },
    near:
      typeof near === 'string'
        ? near
        : {
            compared: near.compared,
            pairs: near.pairs.length,
            acrossSplits: near.pairs.filter((pair) => isAcrossSplits(pair.pictures)).length,
            groups: groups.length,
            examples: leaksFirst(near.pairs, (pair) => pair.pictures).map((pair) => ({
              ...pair,
              pictures: [...pair.pictures],
            })),
          },
    labels:
      typeof labels === 'string'
        ? labels
        : {
            ...{ looked: labels.looked, leftOut: labels.leftOut, evaluation: settings.evaluationLabels },
            suspects: labels.suspects.length,
            examples: labels.suspects.slice(0, MOST_EXAMPLES),
          },
    outliers:
      typeof outliers === 'string'
        ? outliers
        : {
            ...{ found: outliers.outliers.length, limit: outliers.limit },
            examples: outliers.outliers.slice(0, MOST_EXAMPLES),
          },
  };
}

const withLimits = (verdicts: Verdicts, { limits }: CheckSettings): ChecksFile['verdicts'] =>
  Object.fromEntries(
    CHECKS.map((name) => [name, { ...verdicts[name], limits: limits[name] }]),
  ) as ChecksFile['verdicts'];

const isAcrossSplits = (pictures: readonly FoundPicture[]): boolean =>
  new Set(pictures.map(({ split }) => split)).size > 1;

/** The first few, those that evaluation shares with other splits before all others. */
function leaksFirst<Item>(
  items: readonly Item[],
  picturesOf: (item: Item) => readonly FoundPicture[],
): Item[] {
  const rank = (item: Item): number =>
    isLeak(picturesOf(item)) ? 0 : isAcrossSplits(picturesOf(item)) ? 1 : 2;
  return items.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_EXAMPLES);
}

export const encodeChecks = (checks: ChecksFile): Uint8Array =>
  Buffer.from(`${JSON.stringify(checks, null, 2)}\n`);

/** Throws where the bytes are no checks. */
export const decodeChecks = (bytes: Uint8Array): ChecksFile =>
  checksSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
