/**
 * The mean of −log(probability given to the true class), as scikit-learn's `log_loss`: probabilities are clipped to
 * `[ε, 1 − ε]`, ε = 2⁻⁵², so that one certain mistake costs 36 and not infinity. `NaN` without rows.
 *
 * `probabilities` is rows × classes, row-major; `labels` are class ids.
 */
export function logLoss(probabilities: Float64Array, labels: ArrayLike<number>, classCount: number): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const probability = probabilities[row * classCount + (labels[row] ?? Number.NaN)] ?? Number.NaN;
    sum -= Math.log(Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON));
  }
  return sum / labels.length;
}
