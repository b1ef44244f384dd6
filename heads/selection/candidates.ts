import { BadInput } from '../../errors/graft-error.js';
import { describeColumns } from '../column-statistics.js';
import type { Matrix } from '../head.js';

/** The decades that are always tried, from strong regularisation to weak. */
export const DECADES: readonly number[] = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

/** Decades that may be added at each end while the best candidate is there. */
export const MOST_MORE_DECADES = 4;

/**
 * The C of a decade: 100 · 10^decade / spread, where `spread` is mean‖x − μ‖² of the training rows. What C means depends
 * on the features' scale, which differs by 10⁵ between backbones; relative to their spread it means the same for all.
 */
export const candidateC = (decade: number, spread: number): number => (100 * 10 ** decade) / spread;

/**
 * Mean squared distance of the rows from their mean, mean‖x − μ‖²: the sum of the columns' variances. Of standardised
 * columns it is the number of columns that are not constant.
 */
export function spreadOf(features: Matrix, standardise = false): number {
  const { variance } = describeColumns(features, new Float64Array(features.rows).fill(1));
  return spreadOfVariances(variance, standardise);
}

/** {@link spreadOf}, from the columns' variances. */
export const spreadOfVariances = (variances: Float64Array, standardise = false): number =>
  variances.reduce((sum, value) => sum + (standardise ? Number(value > 0) : value), 0);

/** Throws {@link BadInput} where no C can be made of it. */
export function checkSpread(spread: number): void {
  if (!(spread > 0 && Number.isFinite(spread)))
    throw new BadInput(
      `Choosing C takes training features that differ, and mean‖x − μ‖² is ${spread}: look at the pictures, or use another backbone.`,
    );
}
