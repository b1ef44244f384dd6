import { solveApproximately } from './conjugate-gradient.js';
import { addScaled, dot, infinityNorm } from './vectors.js';

/** A smooth convex function, and what it is at one point. */
export interface Objective {
  readonly start: Float64Array;
  evaluate(point: Float64Array): Evaluation;
}

export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
  /** The Hessian at this point times a vector. */
  multiplyHessian(vector: Float64Array): Float64Array;
}

/** Where the solver is after an iteration; `gradientNorm` is the infinity norm. */
export interface Iteration {
  readonly iteration: number;
  readonly objective: number;
  readonly gradientNorm: number;
}

export interface NewtonSettings {
  /** Ends when the gradient's infinity norm is at most this share of what it was at the start. */
  readonly tol: number;
  readonly maxIterations: number;
  readonly onIteration?: ((iteration: Iteration) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

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
  const startNorm = infinityNorm(at.gradient);
  for (let iteration = 0; ; iteration++) {
    settings.signal?.throwIfAborted();
    const gradientNorm = infinityNorm(at.gradient);
    settings.onIteration?.({ iteration, objective: at.value, gradientNorm });
    const converged = gradientNorm <= settings.tol * startNorm;
    if (converged || iteration >= settings.maxIterations)
      return { point, at, converged, iterations: iteration };

    const next = descend(objective, point, at, newtonStep(at, gradientNorm / startNorm));
    if (next === undefined) return { point, at, converged, iterations: iteration };
    point = next.point;
    at = next.at;
  }
}

/** Tighter as the gradient shrinks: the square root keeps the convergence superlinear. */
function newtonStep(at: Evaluation, share: number): Float64Array {
  return solveApproximately({
    multiply: (vector) => at.multiplyHessian(vector),
    rightSide: at.gradient.map((value) => -value),
    tolerance: Math.min(0.1, Math.sqrt(share)),
    maxIterations: at.gradient.length,
  });
}

const SUFFICIENT_DECREASE = 1e-4;
const MOST_HALVINGS = 40;
/** Differences of two values below this share of them are rounding, not ascent. */
const ROUNDING = 1e-14;

/** The first of the step, half of it, a quarter … that descends enough; nothing when none does. */
function descend(
  objective: Objective,
  point: Float64Array,
  from: Evaluation,
  step: Float64Array,
): { readonly point: Float64Array; readonly at: Evaluation } | undefined {
  const slope = dot(from.gradient, step);
  for (let halvings = 0, length = 1; halvings < MOST_HALVINGS; halvings++, length /= 2) {
    const candidate = point.slice();
    addScaled(candidate, length, step);
    const at = objective.evaluate(candidate);
    const allowed = from.value + SUFFICIENT_DECREASE * length * slope + ROUNDING * Math.abs(from.value);
    if (at.value <= allowed) return { point: candidate, at };
  }
  return undefined;
}
