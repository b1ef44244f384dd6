import { type CheckSettings, resolveCheckSettings } from '../checks/check-settings.js';
import type { ClassWeight } from '../heads/head.js';
import type { TrainingSettings } from '../heads/training/training-settings.js';
import { MARGIN } from '../registry/decide-promotion.js';
import { resolveHead } from './head-settings.js';
import type { RunInput } from './run-input.js';

/** How long things may take; from the input, so that tests can be short. */
export interface Timing {
  readonly heartbeatSeconds: number;
  readonly retrySeconds: number;
  readonly maxAttempts: number;
}

/** When a model becomes the champion, and what follows where the rule does not make it so. */
export interface PromotionSettings {
  /** Share of pictures by which it may be worse than the champion, 0 to below 1. */
  readonly margin: number;
  /** `wait` for `approve` or `reject`, or `leave` the champion and end. */
  readonly otherwise: 'wait' | 'leave';
}

/** A run's input with every default filled in. */
export interface RunSettings {
  readonly dataset: string;
  readonly source?: string;
  readonly sha256?: string;
  readonly classMap?: Readonly<Record<string, string>>;
  readonly positive?: string;
  /** SHA-256 of corrected labels. */
  readonly labels?: string;
  readonly seed: number;
  readonly maxBadImageRate: number;
  readonly rehash: boolean;
  readonly backbone: string;
  readonly batchSize: number;
  readonly window: number;
  readonly onFailedBatches: 'wait' | 'fail';
  readonly head: TrainingSettings;
  /** Absent of a run that an older release opened, which asked nobody. */
  readonly promotion?: PromotionSettings;
  /** Absent of a run that an older release opened: nobody looks at its data. */
  readonly checks?: CheckSettings;
  readonly timing: Timing;
}

/** Defaults that depend on the data set. */
export interface DatasetDefaults {
  readonly classWeight: ClassWeight;
}

/** Fills in the defaults. */
export function resolveSettings(input: RunInput, defaults: DatasetDefaults): RunSettings {
  return {
    dataset: input.dataset,
    ...(input.source !== undefined && { source: input.source }),
    ...(input.sha256 !== undefined && { sha256: input.sha256 }),
    ...(input.classMap !== undefined && { classMap: input.classMap }),
    ...(input.positive !== undefined && { positive: input.positive }),
    ...(input.labels !== undefined && { labels: input.labels }),
    seed: input.seed ?? 0,
    maxBadImageRate: input.maxBadImageRate ?? 0.01,
    rehash: input.rehash ?? false,
    backbone: input.backbone ?? 'efficientnet-lite0',
    batchSize: input.batchSize ?? 64,
    window: input.window ?? 16,
    onFailedBatches: input.onFailedBatches ?? 'wait',
    head: resolveHead(input.head ?? {}, defaults),
    promotion: {
      margin: input.promotion?.margin ?? MARGIN,
      // Who waits for nobody where batches fail (a schedule, say) would wait for ever here.
      otherwise: input.promotion?.otherwise ?? (input.onFailedBatches === 'fail' ? 'leave' : 'wait'),
    },
    checks: resolveCheckSettings(input.checks),
    timing: {
      heartbeatSeconds: input.timing?.heartbeatSeconds ?? 20,
      retrySeconds: input.timing?.retrySeconds ?? 1,
      maxAttempts: input.timing?.maxAttempts ?? 5,
    },
  };
}
