import { averagePrecision } from '../heads/average-precision.js';
import { rankCuts } from '../heads/ranking.js';
import { rocAuc, rocCurve } from '../heads/roc.js';
import { precisionRecallCurve } from '../heads/statistics/precision-recall-curve.js';
import type { ScoredImage } from './report-input.js';

/** A point of a curve, both coordinates from 0 to 1. */
export type Point = readonly [x: number, y: number];

/** How well one class is told from all others, at every threshold on its probability. */
export interface ClassCurves {
  readonly class: string;
  /** Share of the pictures that are of the class. */
  readonly prevalence: number;
  /** False positive rate against true positive rate. */
  readonly roc: readonly Point[];
  readonly rocAuc: number;
  /** Recall against precision, beginning at (0, 1) as in scikit-learn. */
  readonly precisionRecall: readonly Point[];
  readonly averagePrecision: number;
}

/** The curves of the class at `index` of the label encoder's order; `undefined` where all pictures are of it, or none. */
export function classCurves(
  images: readonly ScoredImage[],
  classes: readonly string[],
  index: number,
): ClassCurves | undefined {
  const name = classes[index] ?? '';
  const scores = images.map((image) => image.probabilities[index] ?? 0);
  const isClass = images.map((image) => image.class === name);
  const cuts = rankCuts(scores, isClass);
  const roc = rocCurve(cuts);
  if (roc === null) return undefined;
  return {
    class: name,
    prevalence: isClass.filter(Boolean).length / images.length,
    roc: onlyCorners(roc.map((point) => [point.falsePositiveRate, point.truePositiveRate])),
    rocAuc: rocAuc(cuts) ?? 0,
    precisionRecall: onlyCorners(
      (precisionRecallCurve(cuts) ?? []).map(({ recall, precision }) => [recall, precision]),
    ),
    averagePrecision: averagePrecision(cuts) ?? 0,
  };
}

/** The same line without points between two neighbours at the same x or the same y. */
function onlyCorners(points: readonly Point[]): readonly Point[] {
  return points.filter(([x, y], i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (before === undefined || after === undefined) return true;
    return !((before[0] === x && x === after[0]) || (before[1] === y && y === after[1]));
  });
}
