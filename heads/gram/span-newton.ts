import { setImmediate } from 'node:timers/promises';
import { findLength } from '../find-length.js';
import type { FitOptions } from '../fit-options.js';
import type { FitPart } from '../fit-parts.js';
import { type RowLosses, createRowLossMeter } from '../row-losses.js';
import { addScaled, dot } from '../vectors.js';
import { createCurvatureRoot, createFreeIntercepts } from './curvature-root.js';
import type { RowProducts } from './row-products.js';
import { solveSpanStep } from './span-step.js';

/** A point in the span of the rows. */
export interface SpanPoint {
  /** What each row counts, rows × outputs: coef = Σ factor · row. */
  readonly factors: Float64Array;
  /** One per output, of centred columns; 0 where intercepts are penalised, for there they are Σ factor. */
  readonly intercepts: Float64Array;
}

export interface SpanProblem {
  readonly products: RowProducts;
  readonly part: FitPart;
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  readonly start: SpanPoint;
  /** The gradient's norm, relative to the coefficients', that ends it. */
  readonly tol: number;
  readonly maxIterations: number;
}

export interface SpanMinimum {
  readonly point: SpanPoint;
  /** Derivatives of the loss by the scores, rows × outputs. */
  readonly slopes: Float64Array;
  readonly objective: number;
  readonly converged: boolean;
  readonly iterations: number;
}

/** Gradients below this share of their bound are rounding. */
const GRADIENT_ROUNDING = 1e-14;

/**
 * Minimises over combinations of the rows, among which the minimum is (representer theorem: Kimeldorf and Wahba, 1970),
 * by Newton's method as for Gaussian processes (Rasmussen and Williams, 2006, algorithm 3.1; Chapelle, 2007): with D = E·Eᵀ
 * the loss's second derivatives by the scores, and K the rows' products, a step's system is `identity + Eᵀ·K·E`, and the
 * new factors are E times its solution, less the slopes. So rows that depend on each other do no harm.
 *
 * The penalty bends by 1 everywhere, so the distance to the minimum is at most the gradient's norm: a point is good
 * enough where that is `tol` times the coefficients'. Free intercepts are taken at their best for each quadratic.
 */
export async function minimiseInSpan(problem: SpanProblem, options: FitOptions = {}): Promise<SpanMinimum> {
  const { products, tol, maxIterations } = problem;
  const floor = GRADIENT_ROUNDING * dot(products.squares.map(Math.sqrt), problem.part.rowCosts);
  let { factors, intercepts } = problem.start;
  let linear = await products.multiply(factors);
  for (let iteration = 0; ; iteration++) {
    await setImmediate();
    options.signal?.throwIfAborted();
    const at = evaluate(problem, linear, intercepts);
    const squared = Math.max(0, dot(factors, linear));
    const step = await prepareStep(problem, at, factors);
    const objective = at.losses.value + squared / 2;
    options.onIteration?.({ iteration, objective, gradientNorm: step.gradientNorm });
    const converged = step.gradientNorm <= Math.max(floor, tol * Math.sqrt(squared));
    const point = { factors, intercepts };
    const minimum = { point, slopes: at.slopes, objective, converged, iterations: iteration };
    if (converged || iteration >= maxIterations) return minimum;

    const { direction, ofIntercepts, scores, linearScores } = await step.take(options.signal);
    const length = findLength({
      part: problem.part,
      labels: problem.labels,
      scores: at.scores,
      direction: scores,
      penaltySlope: dot(factors, linearScores),
      penaltyBend: dot(direction, linearScores),
    });
    if (length === 0) return minimum;
    factors = moved(factors, length, direction);
    linear = moved(linear, length, linearScores);
    intercepts = moved(intercepts, length, ofIntercepts);
  }
}

function moved(from: Float64Array, length: number, direction: Float64Array): Float64Array {
  const there = from.slice();
  addScaled(there, length, direction);
  return there;
}

interface Evaluated {
  readonly scores: Float64Array;
  readonly slopes: Float64Array;
  readonly losses: RowLosses;
}

function evaluate({ part, labels }: SpanProblem, linear: Float64Array, intercepts: Float64Array): Evaluated {
  const { outputs } = part.loss;
  const scores = linear.map((value, at) => value + (intercepts[at % outputs] ?? 0));
  const slopes = scores.slice();
  const meter = createRowLossMeter(part, labels);
  for (let row = 0; row < part.rowCosts.length; row++)
    meter.measure(row, slopes.subarray(row * outputs, (row + 1) * outputs));
  return { scores, slopes, losses: meter.finish() };
}

interface PreparedStep {
  readonly gradientNorm: number;
  take(signal: AbortSignal | undefined): Promise<SpanStep>;
}

interface SpanStep {
  readonly direction: Float64Array;
  readonly ofIntercepts: Float64Array;
  /** What the step adds to the scores, and what of it is the factors' doing. */
  readonly scores: Float64Array;
  readonly linearScores: Float64Array;
}

async function prepareStep(
  { products, part, labels }: SpanProblem,
  at: Evaluated,
  factors: Float64Array,
): Promise<PreparedStep> {
  const { outputs } = part.loss;
  const root = createCurvatureRoot(part, labels, at.losses, at.slopes);
  const free = part.interceptPenalty === 0 ? createFreeIntercepts(root, products.rows, outputs) : undefined;
  const curve = (values: Float64Array) => root.apply(root.applyTransposed(values));
  /** Best intercepts for slopes that the scores' change will add. */
  const answer = (slopes: Float64Array): Float64Array =>
    free?.solve(sumRows(slopes, outputs)).map((value) => -value) ?? new Float64Array(outputs);

  const shift = answer(at.slopes);
  const shifted = free === undefined ? at.slopes : plus(at.slopes, curve(spread(shift, products.rows)));
  const gradient = plus(factors, shifted);
  const pulled = await products.multiply(gradient);
  const squared = Math.max(0, dot(gradient, pulled)) - dot(shift, sumRows(at.slopes, outputs));
  return {
    gradientNorm: Math.sqrt(Math.max(0, squared)),
    async take(signal) {
      const hasFreeIntercepts = free !== undefined;
      const bent = await solveSpanStep({
        products,
        root,
        outputs,
        hasFreeIntercepts,
        gradient,
        pulled,
        signal,
      });
      const direction = bent.map((value, each) => value - (gradient[each] ?? 0));
      const linearScores = await products.multiply(direction);
      const ofIntercepts = free === undefined ? shift : answer(plus(at.slopes, curve(linearScores)));
      const scores = plus(linearScores, spread(ofIntercepts, products.rows));
      return { direction, ofIntercepts, scores, linearScores };
    },
  };
}

const plus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, at) => value + (b[at] ?? 0));

const spread = (ofOutputs: Float64Array, rows: number): Float64Array =>
  new Float64Array(rows * ofOutputs.length).map((_, at) => ofOutputs[at % ofOutputs.length] ?? 0);

function sumRows(values: Float64Array, outputs: number): Float64Array {
  const sums = new Float64Array(outputs);
  values.forEach((value, at) => (sums[at % outputs] = (sums[at % outputs] ?? 0) + value));
  return sums;
}
