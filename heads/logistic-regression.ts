import { classPriors, startFromPriors } from './class-priors.js';
import { classWeights } from './class-weights.js';
import type { FitOptions } from './fit-options.js';
import type { Head, HeadSettings, Matrix } from './head.js';
import { logisticLoss } from './logistic-loss.js';
import { minimise } from './newton-cg.js';
import {
  type RegularisedObjective,
  createRegularisedObjective,
  parameterGradientNorm,
} from './regularised-objective.js';
import { softmaxLoss } from './softmax-loss.js';
import { standardisationOf } from './standardisation.js';
import { checkSettings, checkTrainingData } from './training-data.js';

/** scikit-learn's defaults, but a far tighter `tol`: the last Newton iterations are nearly free, and make it exact. */
export const LOGISTIC_REGRESSION_DEFAULTS: HeadSettings = {
  C: 1,
  classWeight: 'none',
  tol: 1e-8,
  maxIterations: 100,
};

/**
 * Fits logistic regression with an L2 penalty and free intercepts: the minimum of
 * `C · Σ classWeight · logLoss + ½ ‖coef‖²`, which is scikit-learn's `LogisticRegression` solution (solver `lbfgs`).
 * Two classes are binary, more are multinomial with intercepts that sum to 0.
 *
 * With `standardise` the objective is that of standardised columns, and the head is folded back to the features as they
 * are.
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
  settings: HeadSettings,
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
      gradientNorm: parameterGradientNorm(objective, minimum),
      objective: minimum.at.value,
    },
  };
}

function createObjective(
  features: Matrix,
  labels: ArrayLike<number>,
  classCount: number,
  { C, classWeight, standardise }: HeadSettings,
): RegularisedObjective {
  const weights = classWeights(classWeight, labels, classCount);
  const rowWeights = Float64Array.from(labels, (label) => weights[label] ?? 0);
  return createRegularisedObjective({
    features,
    labels,
    rowWeights,
    C,
    loss: classCount === 2 ? logisticLoss : softmaxLoss(classCount),
    start: startFromPriors(classPriors(labels, rowWeights, classCount)),
    standardisation: standardise === true ? standardisationOf(features) : undefined,
  });
}

/** Softmax does not feel a shift common to all intercepts; scikit-learn's solution is the one without. */
function centreIntercepts(intercept: Float64Array): number[] {
  if (intercept.length === 1) return [...intercept];
  const mean = intercept.reduce((sum, value) => sum + value, 0) / intercept.length;
  return Array.from(intercept, (value) => value - mean);
}
