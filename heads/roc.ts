import type { RankedCut } from './ranking.js';

/** A point of the ROC curve: what calling every row with at least `threshold` positive would do. */
export interface RocPoint {
  readonly threshold: number;
  /** Share of the negative rows called positive, 0 to 1. */
  readonly falsePositiveRate: number;
  /** Share of the positive rows called positive, 0 to 1. */
  readonly truePositiveRate: number;
}

/**
 * The ROC curve from (0, 0), whose threshold is infinite, to (1, 1): one point per distinct score, as scikit-learn's
 * `roc_curve(drop_intermediate=False)`. `null` where positive or negative rows are lacking, for then it is not defined.
 */
export function rocCurve(cuts: readonly RankedCut[]): RocPoint[] | null {
  const all = cuts.at(-1);
  if (all === undefined || all.truePositives === 0 || all.falsePositives === 0) return null;
  return [
    { threshold: Number.POSITIVE_INFINITY, falsePositiveRate: 0, truePositiveRate: 0 },
    ...cuts.map((cut) => ({
      threshold: cut.threshold,
      falsePositiveRate: cut.falsePositives / all.falsePositives,
      truePositiveRate: cut.truePositives / all.truePositives,
    })),
  ];
}

/**
 * The area under the ROC curve by trapezoids, as scikit-learn's `roc_auc_score`; `null` where there is no curve. In pairs
 * of rows, which are whole numbers, so that it is exact up to its one division.
 */
export function rocAuc(cuts: readonly RankedCut[]): number | null {
  const all = cuts.at(-1);
  if (all === undefined || all.truePositives === 0 || all.falsePositives === 0) return null;
  let doubled = 0;
  let previous = { falsePositives: 0, truePositives: 0 };
  for (const cut of cuts) {
    doubled += (cut.falsePositives - previous.falsePositives) * (cut.truePositives + previous.truePositives);
    previous = cut;
  }
  return doubled / (2 * all.truePositives * all.falsePositives);
}
