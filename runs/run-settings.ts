import type { ClassWeight } from '../heads/head.js';
import type { TrainingSettings } from '../heads/training/training-settings.js';
import { resolveHead } from './head-settings.js';
import type { RunInput } from './run-input.js';

/** How long things may take; from the input, so that tests can be short. */
export interface Timing {
  readonly heartbeatSeconds: number;
  readonly retrySeconds: number;
  readonly maxAttempts: number;
}

/** A run's input with every default filled in. */
export interface RunSettings {
  readonly dataset: string;
  readonly source?: string;
  readonly sha256?: string;
  readonly classMap?: Readonly<Record<string, string>>;
  readonly positive?: string;
  readonly seed: number;
  readonly maxBadImageRate: number;
  readonly rehash: boolean;
  readonly backbone: string;
  readonly batchSize: number;
  readonly window: number;
  readonly onFailedBatches: 'wait' | 'fail';
  readonly head: TrainingSettings;
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
    seed: input.seed ?? 0,
    maxBadImageRate: input.maxBadImageRate ?? 0.01,
    rehash: input.rehash ?? false,
    backbone: input.backbone ?? 'efficientnet-lite0',
    batchSize: input.batchSize ?? 64,
    window: input.window ?? 16,
    onFailedBatches: input.onFailedBatches ?? 'wait',
    head: resolveHead(input.head ?? {}, defaults),
    timing: {
      heartbeatSeconds: input.timing?.heartbeatSeconds ?? 20,
      retrySeconds: input.timing?.retrySeconds ?? 1,
      maxAttempts: input.timing?.maxAttempts ?? 5,
    },
  };
}
