import { resolveCheckSettings } from '../../checks/check-settings.js';
import { type ChecksFile, composeChecks } from '../../checks/checks-file.js';
import type { Findings, FoundPicture } from '../../checks/findings.js';
import type { SplitName } from '../../dataset/dataset.js';
import { picturesOf, pickFindings } from '../../report/found-pictures.js';
import type { ReportedChecks } from '../../report/report-input.js';

/** How much of each kind there is. Defaults: enough to show each kind, less than a report holds. */
export interface FoundNumbers {
  readonly identical?: number;
  readonly near?: number;
  readonly suspects?: number;
  readonly outliers?: number;
}

/** Invented findings: the first identical file and the last near pair leak, the second file is of two classes. */
export function findingsOf(
  classes: readonly string[],
  fileName: (i: number) => string,
  { identical = 2, near = 2, suspects = 3, outliers = 2 }: FoundNumbers = {},
): Findings {
  const [first = '', second = first] = classes;
  const picture = (i: number, split: SplitName, of = first): FoundPicture => ({
    ...{ key: `datasets/sample/${split}/${fileName(i)}`, split, class: of },
    sha256: i.toString(16).padStart(64, '0'),
  });
  const list = <Item>(length: number, make: (i: number) => Item): Item[] =>
    Array.from({ length }, (_, i) => make(i));
  return {
    ...{ pictures: 1_478, distinct: 1_470, evaluated: 372 },
    identical: list(identical, (i) => [
      picture(i, 'training'),
      picture(i, i === 0 ? 'evaluation' : 'training', i === 1 ? second : first),
    ]),
    near: {
      compared: 400,
      pairs: list(near, (i) => ({
        pictures: [
          picture(100 + i, 'training'),
          picture(200 + i, i === near - 1 ? 'evaluation' : 'training'),
        ],
        ...{ cosine: 0.987 - i / 1_000, layout: 0.99, detail: 0.91 },
      })),
    },
    groups: [],
    labels: {
      ...{ looked: 1_106, leftOut: 3 },
      suspects: list(suspects, (i) => ({
        picture: picture(300 + i, 'training'),
        ...{ suggested: second, selfConfidence: 0.021 + i / 100, suggestedConfidence: 0.95 },
      })),
    },
    outliers: {
      limit: 0.8,
      outliers: list(outliers, (i) => ({ picture: picture(400 + i, 'training'), distance: 0.95 - i / 100 })),
    },
    balance: Object.fromEntries(classes.map((each, i) => [each, 367 - i])),
  };
}

/** What a run keeps of findings. */
export const checksOf = (findings: Findings): ChecksFile =>
  composeChecks(findings, { version: 'v', fingerprint: 'f', settings: resolveCheckSettings() });

/** Findings as a report takes them. */
export async function reportedChecks(
  found: ChecksFile,
  thumbnailOf: (i: number) => Promise<Uint8Array>,
): Promise<ReportedChecks> {
  const thumbnails = await Promise.all(
    picturesOf(pickFindings(found)).map(async ({ sha256 }, i) => [sha256, await thumbnailOf(i)] as const),
  );
  return { found, thumbnails: new Map(thumbnails) };
}
