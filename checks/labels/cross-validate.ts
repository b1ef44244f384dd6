import pLimit from 'p-limit';
import type { Matrix } from '../../heads/head.js';
import { predictProbabilities } from '../../heads/predict.js';
import { type FoldFitter, takeRows } from './fold-fitter.js';

/** Labelled rows that are dealt into folds. */
export interface FoldedRows {
  /** Row of the features of each. */
  readonly rows: readonly number[];
  /** Class ids. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** Fold of each, 0 to `folds` − 1. */
  readonly foldOf: Uint8Array;
  readonly folds: number;
}

/** Gives each row's class probabilities by a head that was fitted without its fold: float64, rows × classes, row-major. */
export type CrossValidator = (folded: FoldedRows) => Promise<Float64Array>;

/** Heads that are fitted at once, each with a copy of its rows. */
const FITS_AT_ONCE = 2;

/** Cross-validates with one head after the other, two at once. */
export function fitOneByOne(features: Matrix, fitter: FoldFitter): CrossValidator {
  return async ({ rows, labels, classes, foldOf, folds }) => {
    const probabilities = new Float64Array(foldOf.length * classes.length);
    const where = (isMeant: (fold: number) => boolean): number[] =>
      Array.from(foldOf.keys()).filter((at) => isMeant(foldOf[at] ?? 0));
    const rowsAt = (some: readonly number[]) => some.map((at) => rows[at] ?? 0);
    const judge = async (fold: number): Promise<void> => {
      const held = where((other) => other === fold);
      const others = where((other) => other !== fold);
      const labelsOf = others.map((at) => labels[at] ?? 0);
      const head = await fitter(rowsAt(others), labelsOf, classes);
      const ofHeld = predictProbabilities(head, takeRows(features, rowsAt(held)));
      held.forEach((at, row) => {
        const own = ofHeld.subarray(row * classes.length, (row + 1) * classes.length);
        probabilities.set(own, at * classes.length);
      });
    };
    const limit = pLimit(FITS_AT_ONCE);
    await Promise.all(Array.from({ length: folds }, (_, fold) => limit(() => judge(fold))));
    return probabilities;
  };
}
