import type { RankedCut } from './ranking.js';

/**
 * The mean of the precisions at each threshold, weighted by the recall that the threshold adds (no interpolation), as
 * scikit-learn's `average_precision_score`; `null` without positive rows, for then it is not defined.
 *
 * Recalls are added as numbers of rows and divided at the end: whole numbers are exact, so what is perfectly told apart
 * gives 1 and nothing gives more, where a sum of shares ends at 1.0000000000000007.
 */
export function averagePrecision(cuts: readonly RankedCut[]): number | null {
  const positives = cuts.at(-1)?.truePositives ?? 0;
  if (positives === 0) return null;
  let sum = 0;
  let found = 0;
  for (const { truePositives, falsePositives } of cuts) {
    const precision = truePositives / (truePositives + falsePositives);
    sum += (truePositives - found) * precision;
    found = truePositives;
  }
  return sum / positives;
}
