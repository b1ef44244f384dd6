import type { Loss } from './loss.js';

/** Two classes: one score, the log odds of class 1; loss log(1 + exp(∓score)). */
export const logisticLoss: Loss = {
  outputs: 1,
  classOf: () => 1,
  measure(scores, label) {
    const score = scores[0] ?? 0;
    scores[0] = sigmoid(score);
    const against = label === 1 ? -score : score;
    // log(1 + exp(against)) without overflow.
    return Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
  },
  curve(probabilities, offset, direction) {
    const probability = probabilities[offset] ?? 0;
    direction[0] = (direction[0] ?? 0) * probability * (1 - probability);
  },
};

/** 1 / (1 + exp(−score)), exact to rounding in both tails. */
export const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));
