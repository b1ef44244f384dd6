import { predictClasses } from '../predict.js';
import { rankClass } from '../rank-class.js';
import { type RankingIntervals, bootstrapRankings } from './bootstrap-rankings.js';
import { type ClassBreakdown, breakDownClasses } from './class-breakdown.js';
import type { Interval } from './interval.js';
import { type PrecisionRecallPoint, precisionRecallCurve } from './precision-recall-curve.js';
import { wilsonInterval } from './wilson-interval.js';

/** What a split says besides its metrics: how sure these are, and what they are made of. */
export interface SplitStatistics {
  /** Of the accuracy: Wilson's 95 %; `null` without rows. */
  readonly accuracy: Interval | null;
  /** Of ROC AUC and average precision: stratified bootstrap, 95 %. */
  readonly rankings: RankingIntervals;
  readonly classes: readonly ClassBreakdown[];
  /** Of the positive class; `null` without positive rows, and where there are more than two classes. */
  readonly precisionRecall: readonly PrecisionRecallPoint[] | null;
}

/** `probabilities` is rows × classes, row-major; `labels` are class ids; `positive` is one of `classes`. */
export async function describeSplit(split: {
  readonly probabilities: Float64Array;
  readonly labels: ArrayLike<number>;
  readonly classes: readonly string[];
  readonly positive: string;
}): Promise<SplitStatistics> {
  const { probabilities, labels, classes, positive } = split;
  const predicted = predictClasses(probabilities, classes.length);
  const hits = predicted.reduce((sum, id, row) => sum + Number(labels[row] === id), 0);
  return {
    accuracy: wilsonInterval(hits, labels.length),
    rankings: await bootstrapRankings(split),
    classes: await breakDownClasses(probabilities, labels, classes),
    precisionRecall:
      classes.length === 2
        ? precisionRecallCurve(rankClass(probabilities, labels, 2, classes.indexOf(positive)))
        : null,
  };
}
