import { rankCuts } from './ranking.js';

/**
 * The mean of the precisions at each threshold, weighted by the recall that the threshold adds (no interpolation), as
 * scikit-learn's `average_precision_score`; `null` without positive rows, for then it is not defined.
 */
export function averagePrecision(scores: ArrayLike<number>, positive: ArrayLike<boolean>): number | null {
  const cuts = rankCuts(scores, positive);
  const positives = cuts.at(-1)?.truePositives ?? 0;
  if (positives === 0) return null;
  let sum = 0;
  let found = 0;
  for (const { truePositives, falsePositives } of cuts) {
    const precision = truePositives / (truePositives + falsePositives);
    sum += ((truePositives - found) / positives) * precision;
    found = truePositives;
  }
  return sum;
}
