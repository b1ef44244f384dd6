import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');
const count = z.number().int().nonnegative();

/** `receipt.json`, and the copy of it in `outcome.json`. */
export const receiptFile = z.object({
  images: count,
  unique: count,
  features: count,
  quarantined: count,
  missing: count,
  computed: count,
  reused: count,
  batches: count,
  failedBatches: count,
  contentHash: sha256,
});

const headline = z.object({
  accuracy: z.number(),
  rocAuc: z.number().nullable(),
  averagePrecision: z.number().nullable(),
  logLoss: z.number(),
});

const outcome = z.object({
  runId: z.string(),
  dataset: z.string(),
  version: sha256,
  backbone: z.string(),
  fingerprint: sha256,
  model: sha256,
  positive: z.string(),
  evaluation: headline,
  classificationReport: z.string(),
  receipt: receiptFile,
  keys: z.object({ markdown: z.string().optional() }),
});

/** What verification needs of the `outcome.json` of a run that ended well. */
export const completedOutcome = z.discriminatedUnion('status', [
  outcome.extend({ status: z.literal('completed') }),
  outcome.extend({ status: z.literal('unchanged'), sameAs: z.string() }),
]);
export type CompletedOutcome = Readonly<z.infer<typeof completedOutcome>>;

/** What verification needs of `metrics.json`. */
export const metricsFile = z.object({
  positive: z.string(),
  evaluation: headline.extend({ report: z.string() }),
});

/** What every run's `input.json` and `outcome.json` have. */
export const inputRecord = z.object({
  runId: z.string(),
  workflowId: z.string(),
  startedAt: z.string(),
  settings: z.looseObject({ head: z.looseObject({}) }),
});
export const outcomeRecord = z.object({ status: z.enum(['completed', 'unchanged', 'failed', 'cancelled']) });

/** Whether a run of this status has a model to verify. */
export const endedWell = (status: string): boolean => status === 'completed' || status === 'unchanged';
