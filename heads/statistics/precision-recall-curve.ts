import type { RankedCut } from '../ranking.js';

/** A point of the precision-recall curve: what calling every row with at least `threshold` positive would do. */
export interface PrecisionRecallPoint {
  readonly threshold: number;
  /** Share of the rows called positive that are, 0 to 1. */
  readonly precision: number;
  /** Share of the positive rows called positive, 0 to 1. */
  readonly recall: number;
}

/**
 * The precision-recall curve from recall 0, whose threshold is infinite and whose precision is 1 by convention, to
 * recall 1: one point per distinct score, highest score first, as scikit-learn's `precision_recall_curve` read from its
 * end. `null` without positive rows, for then it is not defined.
 */
export function precisionRecallCurve(cuts: readonly RankedCut[]): PrecisionRecallPoint[] | null {
  const positives = cuts.at(-1)?.truePositives ?? 0;
  if (positives === 0) return null;
  return [
    { threshold: Number.POSITIVE_INFINITY, precision: 1, recall: 0 },
    ...cuts.map(({ threshold, truePositives, falsePositives }) => ({
      threshold,
      precision: truePositives / (truePositives + falsePositives),
      recall: truePositives / positives,
    })),
  ];
}
