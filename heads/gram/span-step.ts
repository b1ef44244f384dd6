import { addScaled, dot } from '../vectors.js';
import { type CurvatureRoot, createFreeIntercepts, pickRows } from './curvature-root.js';
import type { RowProducts } from './row-products.js';

export interface SpanStepInput {
  readonly products: RowProducts;
  readonly root: CurvatureRoot;
  readonly outputs: number;
  readonly hasFreeIntercepts: boolean;
  /** The objective's gradient: the factors of the rows, and their products. */
  readonly gradient: Float64Array;
  readonly pulled: Float64Array;
  readonly signal: AbortSignal | undefined;
}

/** Of the step's length, in the norm of the Hessian, what may be missing. */
const STEP_TOLERANCE = 0.05;
const MOST_PASSES = 2_000;

/**
 * E · v for the v with `(identity + Eᵀ·K·E) · v = Eᵀ·K·gradient`, by conjugate gradients (Hestenes and Stiefel, 1952),
 * over the rows alone that bend ({@link findBending}): of a support vector machine those within their margins
 * (Chapelle, 2007).
 *
 * The residual's norm bounds what the step lacks in the Hessian's norm, and the step's own length there is the gradient's,
 * squared, less v times the right side (Woodbury): so it is known when the step is good enough.
 */
export async function solveSpanStep(input: SpanStepInput): Promise<Float64Array> {
  const { products, root, outputs, gradient, pulled } = input;
  const whole = dot(gradient, pulled);
  const rows = findBending(root, products);
  if (rows.length > MOST_CHOSEN * products.rows) return solve(input, whole);
  const chosen = {
    ...input,
    products: products.select(rows),
    root: root.select(rows),
    pulled: pickRows(pulled, rows, outputs),
  };
  const ofChosen = await solve(chosen, whole);
  const result = new Float64Array(gradient.length);
  rows.forEach((row, at) => result.set(ofChosen.subarray(at * outputs, (at + 1) * outputs), row * outputs));
  return result;
}

/** A smaller matrix pays from this share of the rows on, for it has to be copied first. */
const MOST_CHOSEN = 0.7;
/** Of the Hessian, whose least eigenvalue is at least 1, what may be missing: a fifth of the step's tolerance. */
const NEGLIGIBLE = 0.01;

/** Those rows without which the Hessian, Σ bend · row · rowᵀ + identity, differs by {@link NEGLIGIBLE} at most. */
function findBending({ traces }: CurvatureRoot, { squares }: RowProducts): readonly number[] {
  const bends = traces.map((trace, row) => trace * (squares[row] ?? 0));
  const ascending = Uint32Array.from(bends.keys()).sort((a, b) => (bends[a] ?? 0) - (bends[b] ?? 0));
  let sum = 0;
  const first = ascending.findIndex((row) => (sum += bends[row] ?? 0) > NEGLIGIBLE);
  return first === -1 ? [] : [...ascending.subarray(first).toSorted()];
}

/** @param whole the gradient's square, whatever rows are left out. */
async function solve(input: SpanStepInput, whole: number): Promise<Float64Array> {
  const { products, root, outputs, hasFreeIntercepts, pulled, signal } = input;
  const free = hasFreeIntercepts ? createFreeIntercepts(root, products.rows, outputs) : undefined;
  const within = (values: Float64Array) => free?.project(values) ?? values;
  const rightSide = within(root.applyTransposed(pulled));
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
