import { z } from 'zod';
import { BadInput } from '../errors/graft-error.js';
import { checksInput } from './checks-input.js';
import { headInput } from './head-input.js';
import { NAME, NAME_RULE } from './names.js';
import { numberAbove, wholeNumber } from './number-schemas.js';
import { promotionInput } from './promotion-input.js';

const name = (what: string) => z.string().regex(NAME, `a ${what} ${NAME_RULE}`);

const fraction = z.number().min(0, 'a number from 0 to 1').max(1, 'a number from 0 to 1');

/**
 * The one JSON object that starts a `transferLearning` workflow. Every field but `dataset` has a default; unknown fields
 * are refused, because a misspelt option that is silently ignored costs hours.
 */
const runInputSchema = z.strictObject({
  /** Name of the data set: `sample`, `food-5k` or one's own together with `source`. */
  dataset: name('name'),
  /** Folder, .zip file or http(s) URL of a zip. Default: where the known data set of that name comes from. */
  source: z.string().min(1, 'a path or a URL').optional(),
  /** Expected SHA-256 of the archive. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits')
    .optional(),
  /** Class names of the labels of a flat layout: `{"0": "non_food", "1": "food"}`. */
  classMap: z.record(z.string(), z.string()).optional(),
  /** The class that precision, recall, ROC and the like are about. Default: the data set's own, else the last. */
  positive: z.string().optional(),
  /** Corrected labels: SHA-256 of a file that lies in the store as `corrections/<sha256>.csv`; `graft run --labels` puts it there. */
  labels: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits')
    .optional(),
  /** Seed of the split by content, for sources without splits. Default 0. */
  seed: wholeNumber(0, 2 ** 31 - 1).optional(),
  /** Share of unreadable pictures above which a data set is refused. Default 0.01. */
  maxBadImageRate: fraction.optional(),
  /** Reads every picture of the source, also those that have not changed since its last run. Default false. */
  rehash: z.boolean().optional(),
  /** Name of the frozen network. Default `efficientnet-lite0`. */
  backbone: name('name').optional(),
  /** Images per extraction activity. Default 64. */
  batchSize: wholeNumber(1, 1_000).optional(),
  /** Extraction activities open at once, over all workers. Default 16. */
  window: wholeNumber(1, 200).optional(),
  /** What follows where batches used up their attempts: `wait` for `retryFailedBatches`, or `fail` the run. Default `wait`. */
  onFailedBatches: z.enum(['wait', 'fail']).optional(),
  head: headInput.optional(),
  promotion: promotionInput.optional(),
  checks: checksInput.optional(),
  timing: z
    .strictObject({
      /** A worker that is silent for so long has died. Default 20 s. */
      heartbeatSeconds: wholeNumber(1, 3_600).optional(),
      /** Pause before the first retry of a failed activity; doubles each time. Default 1 s. */
      retrySeconds: numberAbove(0).optional(),
      /** Attempts of an activity before it counts as failed. Default 5. */
      maxAttempts: wholeNumber(1, 100).optional(),
    })
    .optional(),
});

/** What a user gives: {@link runInputSchema} describes each field. */
export type RunInput = z.infer<typeof runInputSchema>;

/** Names of the fields of the object at `path`. */
function fieldsAt(path: readonly PropertyKey[]): readonly string[] {
  let inner: unknown = runInputSchema;
  for (const field of path) {
    const outer: unknown = inner instanceof z.ZodOptional ? inner.unwrap() : inner;
    inner = outer instanceof z.ZodObject ? outer.shape[String(field)] : undefined;
  }
  const found = inner instanceof z.ZodOptional ? inner.unwrap() : inner;
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** Validates a workflow's input. Throws {@link BadInput} with what was expected and received of the first wrong field. */
export function parseRunInput(value: unknown): RunInput {
  const result = runInputSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new BadInput('The input is not valid.');
  throw new BadInput(explainIssue(issue, value));
}

function explainIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const where = ['input', ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys.map((key) => JSON.stringify(key)).join(', ');
    const place = issue.path.length > 0 ? ` in ${where}` : '';
    return `Unknown field ${unknown}${place} of the workflow's input; expected only ${fieldsAt(issue.path).join(', ')}.`;
  }
  return `${where}: expected ${expectedBy(issue)}, received ${describeValue(valueAt(input, issue.path))}. Correct the input and start again.`;
}

function expectedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.expected !== 'int')
    return `${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(' or ');
  return issue.message;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** A short rendering of a value for a message; long ones are cut. */
function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
