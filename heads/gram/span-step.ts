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
const MOST_CHOSEN = 0.5;
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

/** A solution so far and what it lacks. */
interface Solution {
  readonly values: Float64Array;
  readonly residual: Float64Array;
}

/**
 * In float32 first, for a step need not be exact; what that gives is judged in float64, and if need be mended there.
 *
 * @param whole the gradient's square, whatever rows are left out.
 */
async function solve(input: SpanStepInput, whole: number): Promise<Float64Array> {
  const { products, root, outputs, hasFreeIntercepts, pulled, signal } = input;
  const free = hasFreeIntercepts ? createFreeIntercepts(root, products.rows, outputs) : undefined;
  const within = (values: Float64Array) => free?.project(values) ?? values;
  const rightSide = within(root.applyTransposed(pulled));
  const system: System = {
    multiply: async (values, by) => {
      const product = within(root.applyTransposed(await by(root.apply(values))));
      addScaled(product, 1, values);
      return product;
    },
    isEnough: ({ values, residual }, tolerance) =>
      dot(residual, residual) <= tolerance ** 2 * (whole - dot(rightSide, values)) ||
      dot(residual, residual) <= Number.EPSILON ** 2 * dot(rightSide, rightSide),
    signal,
  };
  const none: Solution = { values: new Float64Array(rightSide.length), residual: rightSide };
  const { values } = await iterate(system, none, (factors) => products.multiplyRoughly(factors));
  const exactly = (factors: Float64Array) => products.multiply(factors);
  const residual = rightSide.slice();
  addScaled(residual, -1, await system.multiply(values, exactly));
  const rough = { values, residual };
  if (system.isEnough(rough, 2 * STEP_TOLERANCE)) return root.apply(values);
  const mended = await iterate(system, isFinite(values) ? rough : none, exactly);
  return root.apply(mended.values);
}

const isFinite = (values: Float64Array): boolean => values.every((value) => Number.isFinite(value));

/** `identity + Eᵀ·K·E`, and what solves it well enough. */
interface System {
  multiply(values: Float64Array, by: (factors: Float64Array) => Promise<Float64Array>): Promise<Float64Array>;
  isEnough(solution: Solution, tolerance: number): boolean;
  readonly signal: AbortSignal | undefined;
}

async function iterate(
  system: System,
  start: Solution,
  by: (factors: Float64Array) => Promise<Float64Array>,
): Promise<Solution> {
  const [values, residual] = [start.values.slice(), start.residual.slice()];
  const search = residual.slice();
  let squared = dot(residual, residual);
  for (let pass = 0; pass < MOST_PASSES && !system.isEnough({ values, residual }, STEP_TOLERANCE); pass++) {
    system.signal?.throwIfAborted();
    const product = await system.multiply(search, by);
    const bend = dot(search, product);
    // Rounding has eaten the bend.
    if (!(bend > 0)) break;
    const length = squared / bend;
    addScaled(values, length, search);
    addScaled(residual, -length, product);
    const before = squared;
    squared = dot(residual, residual);
    for (let at = 0; at < search.length; at++)
      search[at] = (residual[at] ?? 0) + (squared / before) * (search[at] ?? 0);
  }
  return { values, residual };
}
