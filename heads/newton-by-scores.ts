import { setImmediate } from 'node:timers/promises';
import { findLength } from './find-length.js';
import type { FitOptions } from './fit-options.js';
import type { FitPart } from './fit-parts.js';
import { type RowLosses, createRowLossMeter } from './row-losses.js';
import { addScaled, dot } from './vectors.js';

/**
 * An L2-penalised linear model as Newton's method sees it, wherever its features lie. Points, directions and gradients
 * are vectors of one length, of whatever meaning; they may be added and scaled.
 */
export interface LinearModel {
  readonly start: Float64Array;
  /**
   * One pass over the rows. Computes each row's scores at `vector`, lets `visit` turn them into factors in place, and
   * returns Σ factors · row, plus the penalty's gradient at `vector`: of slopes this is the objective's gradient, of
   * curved scores the Hessian times `vector`.
   */
  sweep(vector: Float64Array, visit: (row: number, scores: Float64Array) => void): Promise<Float64Array>;
  penaltyOf(vector: Float64Array): number;
  /** The inner product that conjugate gradients measure by. */
  inner(a: Float64Array, b: Float64Array): number;
  /** An approximate inverse of the Hessian, times a gradient. */
  precondition(gradient: Float64Array, losses: RowLosses): Float64Array;
  /** The gradient's size in the model's own measure. */
  normOf(gradient: Float64Array, losses: RowLosses): number;
  /** The norm that is small enough at this point. */
  goalAt(point: Float64Array): number;
}

export interface ScoredMinimum {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  /** Derivatives of the loss by the scores, rows × outputs. */
  readonly slopes: Float64Array;
  readonly objective: number;
  readonly converged: boolean;
  readonly iterations: number;
}

export interface ScoredProblem {
  readonly model: LinearModel;
  readonly part: FitPart;
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  readonly maxIterations: number;
}

/**
 * Newton's method with conjugate gradients, as `minimise`, for models in which a pass over the rows is what costs: the
 * scores of a step are known from the passes that found it, so its line search makes none. Throws `signal.reason` when
 * aborted; between iterations the event loop turns.
 */
export async function minimiseByScores(
  problem: ScoredProblem,
  { onIteration, signal }: FitOptions = {},
): Promise<ScoredMinimum> {
  const { model, maxIterations } = problem;
  let point = model.start;
  for (let iteration = 0; ; iteration++) {
    await setImmediate();
    signal?.throwIfAborted();
    const at = await evaluate(problem, point);
    const gradientNorm = model.normOf(at.gradient, at.losses);
    onIteration?.({ iteration, objective: at.objective, gradientNorm });
    const converged = gradientNorm <= model.goalAt(point);
    const { gradient, slopes, objective } = at;
    const minimum = { point, gradient, slopes, objective, converged, iterations: iteration };
    if (converged || iteration >= maxIterations) return minimum;
    const step = await newtonStep(problem, at, signal);
    const length = findLength({
      part: problem.part,
      labels: problem.labels,
      scores: at.scores,
      direction: step.scores,
      penaltySlope: model.inner(at.gradient, step.direction) - dot(at.slopes, step.scores),
      penaltyBend: 2 * model.penaltyOf(step.direction),
    });
    if (length === 0) return minimum;
    point = point.slice();
    addScaled(point, length, step.direction);
  }
}

interface Evaluated {
  readonly scores: Float64Array;
  readonly slopes: Float64Array;
  readonly gradient: Float64Array;
  readonly losses: RowLosses;
  readonly objective: number;
}

async function evaluate({ model, part, labels }: ScoredProblem, point: Float64Array): Promise<Evaluated> {
  const { outputs } = part.loss;
  const scores = new Float64Array(part.rowCosts.length * outputs);
  const slopes = new Float64Array(scores.length);
  const meter = createRowLossMeter(part, labels);
  const gradient = await model.sweep(point, (row, ofRow) => {
    scores.set(ofRow, row * outputs);
    meter.measure(row, ofRow);
    slopes.set(ofRow, row * outputs);
  });
  const losses = meter.finish();
  return { scores, slopes, gradient, losses, objective: losses.value + model.penaltyOf(point) };
}

interface ScoredStep {
  readonly direction: Float64Array;
  /** rows × outputs */
  readonly scores: Float64Array;
}

/** Share of the gradient that a step may leave in the quadratic model; `newton-cg.ts` says why it is constant. */
const STEP_TOLERANCE = 0.1;
const MOST_PASSES = 500;

/** Preconditioned conjugate gradients (Hestenes and Stiefel, 1952) that keep the scores of what they have found. */
async function newtonStep(
  { model, part }: ScoredProblem,
  { gradient, losses, scores }: Evaluated,
  signal: AbortSignal | undefined,
): Promise<ScoredStep> {
  const { outputs } = part.loss;
  const direction = new Float64Array(gradient.length);
  const ofDirection = new Float64Array(scores.length);
  const ofSearch = new Float64Array(scores.length);
  const residual = gradient.map((value) => -value);
  let scaled = model.precondition(residual, losses);
  let search = scaled.slice();
  let squared = model.inner(residual, scaled);
  const goal = squared * STEP_TOLERANCE ** 2;
  for (let pass = 0; pass < MOST_PASSES && squared > goal; pass++) {
    signal?.throwIfAborted();
    const product = await model.sweep(search, (row, ofRow) => {
      ofSearch.set(ofRow, row * outputs);
      losses.curve(row, ofRow);
    });
    const curvature = model.inner(search, product);
    // Nothing but rounding is left in a direction that does not bend.
    if (!(curvature > 0)) break;
    const length = squared / curvature;
    addScaled(direction, length, search);
    addScaled(ofDirection, length, ofSearch);
    addScaled(residual, -length, product);
    scaled = model.precondition(residual, losses);
    const before = squared;
    squared = model.inner(residual, scaled);
    const next = scaled.slice();
    addScaled(next, squared / before, search);
    search = next;
  }
  return { direction, scores: ofDirection };
}
