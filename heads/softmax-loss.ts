import type { Loss } from './loss.js';

/**
 * Any number of classes: a score each, turned into probabilities together; loss −log(probability of the row's class).
 * Bends are the probabilities.
 */
export const softmaxLoss = (classCount: number): Loss => ({
  outputs: classCount,
  losesCurvature: false,
  measure(scores, label, bends, offset) {
    const ofLabel = scores[label] ?? 0;
    const loss = softmaxInPlace(scores) - ofLabel;
    bends.set(scores, offset);
    scores[label] = (scores[label] ?? 0) - 1;
    return loss;
  },
  curve(bends, offset, direction) {
    let mean = 0;
    for (let k = 0; k < classCount; k++) mean += (bends[offset + k] ?? 0) * (direction[k] ?? 0);
    for (let k = 0; k < classCount; k++)
      direction[k] = (bends[offset + k] ?? 0) * ((direction[k] ?? 0) - mean);
  },
  curvatureOf: (probability) => probability * (1 - probability),
});

/** Overwrites scores with exp(score) / Σ exp(score) and returns log Σ exp(score); no score is too large for it. */
export function softmaxInPlace(scores: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const score of scores) largest = Math.max(largest, score);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    const power = Math.exp((scores[k] ?? 0) - largest);
    scores[k] = power;
    sum += power;
  }
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] ?? 0) / sum;
  return largest + Math.log(sum);
}
