import { type IndexRow, SPLITS, type SplitName } from '../dataset/dataset.js';
import {
  type CalibratedHead,
  calibratedProbabilities,
  plainProbabilities,
} from '../heads/calibration/calibrated-head.js';
import { evaluateSplit } from '../heads/evaluate-split.js';
import type { SplitMetrics } from '../heads/metrics.js';
import { scoreShards } from '../heads/training/training-data.js';
import type { DatasetFeatures } from './labelled-features.js';
import { splitRows } from './split-rows.js';

/** One split and what the head makes of its features. */
export interface ScoredSplit {
  readonly rows: readonly IndexRow[];
  /** What computed the features. */
  readonly engines: readonly string[];
  /** Those that the predicted classes and the metrics go by. */
  readonly probabilities: Float64Array;
  /** Those that can be taken at their word; the same where there is no calibrator. */
  readonly calibrated: Float64Array;
  /** Class ids, row by row. */
  readonly labels: Int32Array;
  readonly metrics: SplitMetrics;
}

export type ScoredSplits = Readonly<Record<SplitName, ScoredSplit>>;

/** Scores every split, one shard of features in memory at a time. */
export async function scoreSplits(
  dataset: DatasetFeatures,
  head: CalibratedHead,
  positive: string,
): Promise<ScoredSplits> {
  const scored: [SplitName, ScoredSplit][] = [];
  for (const split of SPLITS) scored.push([split, await scoreSplit(dataset, head, split, positive)]);
  return Object.fromEntries(scored) as Record<SplitName, ScoredSplit>;
}

async function scoreSplit(
  dataset: DatasetFeatures,
  head: CalibratedHead,
  split: SplitName,
  positive: string,
): Promise<ScoredSplit> {
  const { rows, labels } = dataset.rowsOf(split);
  const { classes } = dataset.manifest;
  const engines = new Set<string>();
  const values = await scoreShards(
    head,
    splitRows(dataset, split, (engine) => engines.add(engine)),
  );
  const probabilities = plainProbabilities(head, values);
  return {
    ...{ rows, labels, probabilities },
    calibrated: calibratedProbabilities(head, values),
    engines: [...engines].sort(),
    metrics: await evaluateSplit({ probabilities, labels, classes, positive }),
  };
}
