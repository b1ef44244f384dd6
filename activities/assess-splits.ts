import { SPLITS } from '../dataset/dataset.js';
import type { Head } from '../heads/head.js';
import { type SplitStatistics, describeSplit } from '../heads/statistics/describe-split.js';
import type { DatasetFeatures } from './labelled-features.js';
import { type ScoredSplits, scoreSplits } from './score-splits.js';

/** All that evaluation finds out about a model: what `metrics.json` and the report are written from. */
export interface Assessment {
  readonly head: Head;
  readonly positive: string;
  readonly splits: ScoredSplits;
  /** Of the evaluation split. */
  readonly statistics: SplitStatistics;
}

/** Scores the three splits and measures the evaluation split in depth. */
export async function assessSplits(
  dataset: DatasetFeatures,
  head: Head,
  positive: string,
): Promise<Assessment> {
  const splits = await scoreSplits(dataset, head, positive);
  const { classes } = dataset.manifest;
  return { head, positive, splits, statistics: describeSplit({ ...splits.evaluation, classes, positive }) };
}

/** What `metrics.json` holds. `seconds` are wall seconds per stage, in order. */
export function metricsRecord(
  { head, positive, splits, statistics }: Assessment,
  seconds: Readonly<Record<string, number>>,
) {
  const { settings, convergence, kind } = head;
  return {
    ...Object.fromEntries(SPLITS.map((split) => [split, splits[split].metrics])),
    head: { kind, ...settings, ...convergence },
    positive,
    intervals: { accuracy: statistics.accuracy, ...statistics.rankings },
    classes: statistics.classes,
    seconds,
  };
}
