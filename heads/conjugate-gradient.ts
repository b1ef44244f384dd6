import { addScaled, dot } from './vectors.js';

export interface ConjugateGradientInput {
  /** Multiplies by the symmetric, positive semi-definite matrix. */
  readonly multiply: (vector: Float64Array) => Float64Array;
  readonly rightSide: Float64Array;
  /** Ends when the residual's Euclidean norm is at most this share of the right side's. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/**
 * Solves `matrix · x = rightSide` approximately by conjugate gradients from x = 0 (Hestenes and Stiefel, 1952). Whatever
 * it has when it ends, at `maxIterations` too, is a descent direction of the quadratic.
 */
export function solveApproximately(input: ConjugateGradientInput): Float64Array {
  const solution = new Float64Array(input.rightSide.length);
  const residual = input.rightSide.slice();
  const direction = residual.slice();
  let squared = dot(residual, residual);
  const goal = squared * input.tolerance ** 2;
  for (let iteration = 0; iteration < input.maxIterations && squared > goal; iteration++) {
    const product = input.multiply(direction);
    const curvature = dot(direction, product);
    // Nothing but rounding is left in a direction that does not bend.
    if (curvature <= 0) break;
    const step = squared / curvature;
    addScaled(solution, step, direction);
    addScaled(residual, -step, product);
    const before = squared;
    squared = dot(residual, residual);
    const share = squared / before;
    for (let at = 0; at < direction.length; at++)
      direction[at] = (residual[at] ?? 0) + share * (direction[at] ?? 0);
  }
  return solution;
}
