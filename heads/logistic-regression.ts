import { classWeights } from './class-weights.js';
import type { Head, LogisticRegressionSettings, Matrix } from './head.js';
import { logisticLoss } from './logistic-loss.js';
import { type Iteration, type Minimum, minimise } from './newton-cg.js';
import { type RegularisedObjective, createRegularisedObjective } from './regularised-objective.js';
import { softmaxLoss } from './softmax-loss.js';
import { checkSettings, checkTrainingData } from './training-data.js';
import { infinityNorm } from './vectors.js';

/** scikit-learn's defaults, but a far tighter `tol`: the last Newton iterations are nearly free, and make it exact. */
export const LOGISTIC_REGRESSION_DEFAULTS: LogisticRegressionSettings = {
  C: 1,
  classWeight: 'none',
  tol: 1e-8,
  maxIterations: 100,
};

export interface FitOptions {
  /** Told before the first iteration and after each; its gradient is in the solver's coordinates, as `tol` is. */
  readonly onIteration?: ((iteration: Iteration) => void) | undefined;
  /** Looked at between iterations. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fits logistic regression with an L2 penalty and free intercepts: the minimum of
 * `C · Σ classWeight · logLoss + ½ ‖coef‖²`, which is scikit-learn's `LogisticRegression` solution (solver `lbfgs`).
 * Two classes are binary, more are multinomial with intercepts that sum to 0.
 *
 * `labels` are ids of `classes`, one per row. A solver that did not get there says so in `convergence`. Throws
 * `BadInput` for data or settings that nothing can be trained on, and `signal.reason` when aborted.
 *
 *     fitLogisticRegression(features, [0, 1, 1], ['food', 'non_food'], LOGISTIC_REGRESSION_DEFAULTS);
 */
export function fitLogisticRegression(
  features: Matrix,
  labels: ArrayLike<number>,
  classes: readonly string[],
  settings: LogisticRegressionSettings,
  options: FitOptions = {},
): Head {
  checkSettings(settings);
  checkTrainingData(features, labels, classes);
  const objective = createObjective(features, labels, classes.length, settings);
  const minimum = minimise(objective, {
    tol: settings.tol,
    maxIterations: settings.maxIterations,
    ...options,
  });
  const { coef, intercept } = objective.toParameters(minimum.point);
  return {
    kind: 'logistic-regression',
    classes: [...classes],
    coef,
    intercept: centreIntercepts(intercept),
    settings: { ...settings },
    convergence: {
      converged: minimum.converged,
      iterations: minimum.iterations,
      gradientNorm: gradientNorm(objective, minimum),
      objective: minimum.at.value,
    },
  };
}

function createObjective(
  features: Matrix,
  labels: ArrayLike<number>,
  classCount: number,
  { C, classWeight }: LogisticRegressionSettings,
): RegularisedObjective {
  const weights = classWeights(classWeight, labels, classCount);
  const rowWeights = Float64Array.from(labels, (label) => weights[label] ?? 0);
  const loss = classCount === 2 ? logisticLoss : softmaxLoss(classCount);
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  const priors = Float64Array.from({ length: loss.outputs }, (_, output) => {
    const ofClass = rowWeights.filter((_weight, row) => labels[row] === loss.classOf(output));
    return ofClass.reduce((sum, weight) => sum + weight, 0) / total;
  });
  return createRegularisedObjective({ features, labels, rowWeights, C, loss, priors });
}

/** Softmax does not feel a shift common to all intercepts; scikit-learn's solution is the one without. */
function centreIntercepts(intercept: Float64Array): number[] {
  if (intercept.length === 1) return [...intercept];
  const mean = intercept.reduce((sum, value) => sum + value, 0) / intercept.length;
  return Array.from(intercept, (value) => value - mean);
}

function gradientNorm(objective: RegularisedObjective, { at }: Minimum): number {
  const { coef, intercept } = objective.toGradient(at.gradient);
  return Math.max(infinityNorm(intercept), ...coef.map(infinityNorm));
}
