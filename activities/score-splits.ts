import type { IndexRow, SplitName } from '../dataset/dataset.js';
import { evaluateSplit } from '../heads/evaluate-split.js';
import type { Head } from '../heads/head.js';
import type { SplitMetrics } from '../heads/metrics.js';
import { predictProbabilities } from '../heads/predict.js';
import type { DatasetFeatures } from './labelled-features.js';

/** One split and what the head makes of its features. */
export interface ScoredSplit {
  readonly rows: readonly IndexRow[];
  /** What computed the features. */
  readonly engines: readonly string[];
  readonly probabilities: Float64Array;
  /** Class ids, row by row. */
  readonly labels: Int32Array;
  readonly metrics: SplitMetrics;
}

export type ScoredSplits = Readonly<Record<SplitName, ScoredSplit>>;

/** One split after the other, for a split's features may take hundreds of megabytes, which its scores do not need. */
export async function scoreSplits(
  dataset: DatasetFeatures,
  head: Head,
  positive: string,
): Promise<ScoredSplits> {
  const { classes } = dataset.manifest;
  const scoreSplit = async (split: SplitName): Promise<ScoredSplit> => {
    const { rows, labels, features } = await dataset.load(split);
    const probabilities = predictProbabilities(head, features);
    const { engines } = features;
    return {
      rows,
      labels,
      probabilities,
      engines,
      metrics: evaluateSplit({ probabilities, labels, classes, positive }),
    };
  };
  const training = await scoreSplit('training');
  const validation = await scoreSplit('validation');
  const evaluation = await scoreSplit('evaluation');
  return { training, validation, evaluation };
}
