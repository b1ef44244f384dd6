import { addScaled, dot } from './vectors.js';

export interface ConjugateGradientInput {
  /** Multiplies by the symmetric, positive semi-definite matrix. */
  readonly multiply: (vector: Float64Array) => Float64Array;
  /** The matrix's diagonal, about: preconditions (Jacobi). Above 0. */
  readonly diagonal: Float64Array;
  readonly rightSide: Float64Array;
  /** Ends when the residual's norm, each entry over the root of the diagonal's, is at most this share of the right side's. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/**
 * Solves `matrix · x = rightSide` approximately by preconditioned conjugate gradients from x = 0 (Hestenes and Stiefel,
 * 1952). Whatever it has when it ends, at `maxIterations` too, is a descent direction of the quadratic.
 */
export function solveApproximately(input: ConjugateGradientInput): Float64Array {
  const solution = new Float64Array(input.rightSide.length);
  const residual = input.rightSide.slice();
  const scaled = divide(residual, input.diagonal);
  const direction = scaled.slice();
  let squared = dot(residual, scaled);
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
    scaled.set(divide(residual, input.diagonal));
    squared = dot(residual, scaled);
    const share = squared / before;
    for (let at = 0; at < direction.length; at++)
      direction[at] = (scaled[at] ?? 0) + share * (direction[at] ?? 0);
  }
  return solution;
}

const divide = (vector: Float64Array, by: Float64Array): Float64Array =>
  vector.map((value, at) => value / (by[at] ?? 1));
