/**
 * Brier's score, the mean squared distance of the probabilities from what came true; lower is better. Two classes: the
 * mean of (probability of a class − 1 or 0)², the same for either class, 0 to 1. More classes: the mean over rows of the
 * sum of these squares over the classes, 0 to 2, as Brier defined it (Monthly Weather Review 78, 1950). Both as
 * scikit-learn's `brier_score_loss`, which halves the sum for two classes only. `NaN` without rows.
 *
 * `probabilities` is rows × classes, row-major; `labels` are class ids.
 */
export function brierScore(
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  classCount: number,
): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++)
    for (let id = 0; id < classCount; id++) {
      const truth = labels[row] === id ? 1 : 0;
      sum += ((probabilities[row * classCount + id] ?? Number.NaN) - truth) ** 2;
    }
  return sum / (labels.length * (classCount === 2 ? 2 : 1));
}
