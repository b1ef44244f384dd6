import type { Loss } from './loss.js';

/** Two classes: one score, the log odds of class 1; loss log(1 + exp(∓score)). Bends are probabilities of class 1. */
export const logisticLoss: Loss = {
  outputs: 1,
  losesCurvature: false,
  measure(scores, label, bends, offset) {
    const score = scores[0] ?? 0;
    const probability = sigmoid(score);
    bends[offset] = probability;
    scores[0] = probability - (label === 1 ? 1 : 0);
    const against = label === 1 ? -score : score;
    // log(1 + exp(against)) without overflow.
    return Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
  },
  curve(bends, offset, direction) {
    const probability = bends[offset] ?? 0;
    direction[0] = (direction[0] ?? 0) * probability * (1 - probability);
  },
  curvatureOf: (probability) => probability * (1 - probability),
};

/** 1 / (1 + exp(−score)), exact to rounding in both tails. */
export const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));
