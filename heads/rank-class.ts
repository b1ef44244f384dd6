import { type RankedCut, rankCuts } from './ranking.js';

/**
 * The cuts of one class against all others, by its probability.
 *
 * `probabilities` is rows × classes, row-major; `labels` are class ids.
 */
export function rankClass(
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
  id: number,
): RankedCut[] {
  const scores = Float64Array.from(labels, (_, row) => probabilities[row * classes + id] ?? 0);
  const isClass = Array.from(labels, (label) => label === id);
  return rankCuts(scores, isClass);
}
