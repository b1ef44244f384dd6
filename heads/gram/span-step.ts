import { addScaled, dot } from '../vectors.js';
import type { CurvatureRoot } from './curvature-root.js';
import type { RowProducts } from './row-products.js';

export interface SpanStepInput {
  readonly products: RowProducts;
  readonly root: CurvatureRoot;
  /** Takes out what free intercepts do. */
  readonly project: ((values: Float64Array) => Float64Array) | undefined;
  /** The objective's gradient: the factors of the rows, and their products. */
  readonly gradient: Float64Array;
  readonly pulled: Float64Array;
  readonly signal: AbortSignal | undefined;
}

/** Of the step's length, in the norm of the Hessian, what may be missing. */
const STEP_TOLERANCE = 0.05;
const MOST_PASSES = 2_000;

/**
 * E · v for the v with `(identity + Eᵀ·K·E) · v = Eᵀ·K·gradient`, by conjugate gradients (Hestenes and Stiefel, 1952).
 *
 * The residual's norm bounds what the step lacks in the Hessian's norm, and the step's own length there is the gradient's,
 * squared, less v times the right side (Woodbury): so it is known when the step is good enough.
 */
export async function solveSpanStep(input: SpanStepInput): Promise<Float64Array> {
  const { products, root, project, gradient, pulled, signal } = input;
  const within = (values: Float64Array) => project?.(values) ?? values;
  const rightSide = within(root.applyTransposed(pulled));
  const whole = dot(gradient, pulled);
  const solution = new Float64Array(rightSide.length);
  const residual = rightSide.slice();
  const search = residual.slice();
  let squared = dot(residual, residual);
  const isEnough = (): boolean =>
    squared <= STEP_TOLERANCE ** 2 * (whole - dot(rightSide, solution)) ||
    squared <= Number.EPSILON ** 2 * dot(rightSide, rightSide);
  for (let pass = 0; pass < MOST_PASSES && !isEnough(); pass++) {
    signal?.throwIfAborted();
    const product = within(root.applyTransposed(await products.multiply(root.apply(search))));
    addScaled(product, 1, search);
    const length = squared / dot(search, product);
    addScaled(solution, length, search);
    addScaled(residual, -length, product);
    const before = squared;
    squared = dot(residual, residual);
    for (let at = 0; at < search.length; at++)
      search[at] = (residual[at] ?? 0) + (squared / before) * (search[at] ?? 0);
  }
  return root.apply(solution);
}
