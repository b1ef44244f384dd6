import type { Loss } from './loss.js';

/**
 * Class `positive` against the rest: one score, loss max(0, 1 − y · score)², y = ±1. The second derivative jumps where a
 * row comes to lie beyond its margin; there it is taken as 0 (Mangasarian's generalised Hessian, 2002). Bends are the
 * second derivatives, 2 or 0.
 */
export const squaredHingeLoss = (positive: number): Loss => ({
  outputs: 1,
  losesCurvature: true,
  measure(scores, label, bends, offset) {
    const side = label === positive ? 1 : -1;
    const lacking = Math.max(0, 1 - side * (scores[0] ?? 0));
    bends[offset] = lacking > 0 ? 2 : 0;
    scores[0] = -2 * side * lacking;
    return lacking * lacking;
  },
  curve(bends, offset, direction) {
    direction[0] = (direction[0] ?? 0) * (bends[offset] ?? 0);
  },
  curvatureOf: (bend) => bend,
});
