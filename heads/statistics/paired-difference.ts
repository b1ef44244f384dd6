import { type Interval, ONE_SIDED_95, TWO_SIDED_95 } from './interval.js';
import type { PairedOutcomes } from './paired-outcomes.js';

/**
 * The lower end of what the first classifier's accuracy may exceed the second's by (−1 to 1), one-sided, 95 %: about
 * one time in twenty does the true difference lie below it. A challenger may be promoted where it exceeds −margin.
 *
 * Tango's score bound (T. Tango, “Equivalence test and confidence interval for the difference in proportions for the
 * paired-sample design”, Statistics in Medicine 17, 1998): all differences that his test of non-inferiority would not
 * reject. It asks only for counts, keeps its level where few rows differ, has a width where none does (−z² / (rows + z²),
 * −0.27 points for 1,000 rows), and is the same in every run, where a bootstrap of no differing rows would say 0.
 */
export const lowerBoundOfDifference = (outcomes: PairedOutcomes): number =>
  lowerBound(outcomes, ONE_SIDED_95);

/** Tango's two-sided 95 % interval of the same difference. */
export function differenceInterval(outcomes: PairedOutcomes): Interval {
  const { rows, onlyFirst, onlySecond } = outcomes;
  return {
    lower: lowerBound(outcomes, TWO_SIDED_95),
    upper: -lowerBound({ rows, onlyFirst: onlySecond, onlySecond: onlyFirst }, TWO_SIDED_95),
  };
}

/** The difference at which the score reaches z: it falls from +∞ at −1 to 0 at the observed difference. */
function lowerBound(outcomes: PairedOutcomes, z: number): number {
  checkOutcomes(outcomes);
  let below = -1;
  let above = (outcomes.onlyFirst - outcomes.onlySecond) / outcomes.rows;
  for (;;) {
    const middle = (below + above) / 2;
    // No number lies between them: this is as exact as it gets.
    if (middle <= below || middle >= above) return above;
    if (score(outcomes, middle) > z) below = middle;
    else above = middle;
  }
}

/** Tango's statistic: the observed difference less the supposed one, in standard errors where the supposed one is true. */
function score({ rows, onlyFirst, onlySecond }: PairedOutcomes, supposed: number): number {
  // The likeliest chance of “only the second is right” under the supposition solves a q² + b q + c = 0.
  const a = 2 * rows;
  const b = (2 * rows - onlyFirst + onlySecond) * supposed - onlyFirst - onlySecond;
  const c = -onlySecond * supposed * (1 - supposed);
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  // The larger solution, in the form that subtracts nothing from what it nearly is.
  const chance = b > 0 ? (-2 * c) / (b + root) : (root - b) / (2 * a);
  const variance = rows * (2 * chance + supposed * (1 - supposed));
  const surplus = onlyFirst - onlySecond - rows * supposed;
  if (variance <= 0) return surplus > 0 ? Number.POSITIVE_INFINITY : 0;
  return surplus / Math.sqrt(variance);
}

function checkOutcomes({ rows, onlyFirst, onlySecond }: PairedOutcomes): void {
  const counts = [rows, onlyFirst, onlySecond];
  if (!(
    counts.every((count) => Number.isInteger(count) && count >= 0) &&
    onlyFirst + onlySecond <= rows &&
    rows > 0
  ))
    throw new RangeError(
      `Expected whole numbers, at least one row and no more differing ones, received ${counts.join(', ')}.`,
    );
}
