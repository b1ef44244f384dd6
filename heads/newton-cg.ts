import { solveApproximately } from './conjugate-gradient.js';
import { addScaled, dot, infinityNorm } from './vectors.js';

/** A smooth convex function, and what it is at one point. */
export interface Objective {
  readonly start: Float64Array;
  /** An upper bound of the gradient's entries, in size, near the start: what rounding errors are to be measured against. */
  readonly gradientBound: number;
  evaluate(point: Float64Array): Evaluation;
  /**
   * An upper bound of the distance from the minimum, about, as a share of the point's own length, where there is one that
   * holds whatever the loss does. Without it, only the gradient tells.
   */
  distanceBound?(point: Float64Array, gradient: Float64Array): number;
}

export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
  /** The Hessian's diagonal at this point, about; above 0. It is what each coordinate is measured in. */
  readonly diagonal: Float64Array;
  /** The Hessian at this point times a vector. */
  multiplyHessian(vector: Float64Array): Float64Array;
}

/** Where the solver is after an iteration; `gradientNorm` is the infinity norm, each entry over the root of the diagonal's. */
export interface Iteration {
  readonly iteration: number;
  readonly objective: number;
  readonly gradientNorm: number;
}

export interface NewtonSettings {
  /** Ends when `gradientNorm` is at most this share of what it was at the start. */
  readonly tol: number;
  readonly maxIterations: number;
  /** Share of the gradient that a step may leave in the quadratic model. Default 0.1. */
  readonly stepTolerance?: number;
  readonly onIteration?: ((iteration: Iteration) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Gradients below this share of their bound are rounding: where a start is a minimum already, nothing is left to gain. */
const GRADIENT_ROUNDING = 1e-13;

/** A start's gradient times this is rounding, too, where only the distance to the minimum is still in doubt. */
const START_ROUNDING = 1e-12;
/** The distance to a minimum, as a share of its length, that is asked for where it can be bounded; `tol` if that is more. */
const DISTANCE = 1e-6;

export interface Minimum {
  readonly point: Float64Array;
  readonly at: Evaluation;
  readonly converged: boolean;
  readonly iterations: number;
}

/**
 * Minimises a convex function by Newton's method; conjugate gradients find each step only as exactly as the distance to
 * the minimum is worth (Dembo, Eisenstat and Steihaug, 1982), and a backtracking line search (Armijo) makes every step
 * a descent, so it converges from anywhere. Throws `signal.reason` when aborted.
 *
 * Not converged means that `maxIterations` were not enough, or that rounding hides any further descent.
 */
export function minimise(objective: Objective, settings: NewtonSettings): Minimum {
  let point = objective.start;
  let at = objective.evaluate(point);
  const startNorm = gradientNormOf(at);
  const rounding = Math.max(START_ROUNDING * startNorm, GRADIENT_ROUNDING * objective.gradientBound);
  const goal = Math.max(settings.tol * startNorm, GRADIENT_ROUNDING * objective.gradientBound);
  const isNear = (): boolean =>
    (objective.distanceBound?.(point, at.gradient) ?? 0) <= Math.max(DISTANCE, settings.tol);
  for (let iteration = 0; ; iteration++) {
    settings.signal?.throwIfAborted();
    const gradientNorm = gradientNormOf(at);
    settings.onIteration?.({ iteration, objective: at.value, gradientNorm });
    const converged = gradientNorm <= goal && (gradientNorm <= rounding || isNear());
    if (converged || iteration >= settings.maxIterations)
      return { point, at, converged, iterations: iteration };

    const next = descend(objective, point, at, newtonStep(at, settings.stepTolerance));
    if (next === undefined) return { point, at, converged, iterations: iteration };
    point = next.point;
    at = next.at;
  }
}

/**
 * A coordinate's distance to the minimum is about gradient / diagonal. Far from the start, where rows are told apart with
 * certainty, the Hessian may be a thousandth of what it was, and an unscaled gradient would look small far too early.
 */
const gradientNormOf = ({ gradient, diagonal }: Evaluation): number =>
  infinityNorm(gradient.map((value, at) => value / Math.sqrt(diagonal[at] ?? 1)));

/**
 * The default. Measured on 2,500 × 1,280 real features, a constant
 * costs fewer passes over them than one that tightens as the gradient shrinks: at C = 1 as many, at C = 10,000 a third.
 */
const STEP_TOLERANCE = 0.1;

function newtonStep(at: Evaluation, tolerance = STEP_TOLERANCE): Float64Array {
  return solveApproximately({
    multiply: (vector) => at.multiplyHessian(vector),
    diagonal: at.diagonal,
    rightSide: at.gradient.map((value) => -value),
    tolerance,
    // As many as there are dimensions would do, but for rounding.
    maxIterations: 10 * at.gradient.length,
  });
}

const SUFFICIENT_DECREASE = 1e-4;
const MOST_HALVINGS = 40;
/** Differences of two values below this share of them may be rounding. */
const VALUE_ROUNDING = 1e-10;

interface Step {
  readonly point: Float64Array;
  readonly at: Evaluation;
}

/**
 * The first of the step, half of it, a quarter … that descends enough; nothing when none does. Near the minimum values
 * agree to rounding before gradients do, so there the slope along the step decides (Hager and Zhang, 2005).
 */
function descend(
  objective: Objective,
  point: Float64Array,
  from: Evaluation,
  step: Float64Array,
): Step | undefined {
  const slope = dot(from.gradient, step);
  for (let halvings = 0, length = 1; halvings < MOST_HALVINGS; halvings++, length /= 2) {
    const candidate = point.slice();
    addScaled(candidate, length, step);
    const at = objective.evaluate(candidate);
    const descends = at.value <= from.value + SUFFICIENT_DECREASE * length * slope;
    const flattens =
      at.value <= from.value + VALUE_ROUNDING * Math.abs(from.value) &&
      dot(at.gradient, step) <= (2 * SUFFICIENT_DECREASE - 1) * slope;
    if (descends || flattens) return { point: candidate, at };
  }
  return undefined;
}
