import { classWeights } from './class-weights.js';
import type { FitOptions } from './fit-options.js';
import type { Convergence, Head, HeadSettings, Matrix } from './head.js';
import { type Iteration, minimise } from './newton-cg.js';
import { createRegularisedObjective, parameterGradientNorm } from './regularised-objective.js';
import { squaredHingeLoss } from './squared-hinge-loss.js';
import { type Standardisation, standardisationOf } from './standardisation.js';
import { checkSettings, checkTrainingData } from './training-data.js';

/**
 * scikit-learn's defaults, but a far tighter `tol`, as for logistic regression. Beyond `tol`, the solver goes on until
 * the coefficients are within about 1e-6 of their length.
 */
export const LINEAR_SVM_DEFAULTS: HeadSettings = {
  C: 1,
  classWeight: 'none',
  tol: 1e-8,
  maxIterations: 1000,
};

/**
 * Fits a linear support vector machine: for two classes one row of `coef`, about `classes[1]`, for more each class
 * against the rest. Each is the minimum of `C · Σ weight · max(0, 1 − y · decision)² + ½ ‖coef‖² + ½ intercept²`, which
 * is the solution of liblinear and scikit-learn's `LinearSVC` (squared hinge, L2, `intercept_scaling` 1): the intercept
 * is penalised, too. With more than two balanced classes, only the one class is weighted and the rest has weight 1, as
 * there.
 *
 * `labels` are ids of `classes`, one per row. A solver that did not get there says so in `convergence`: iterations count
 * on over the classes, and the gradient is the worst of them. Throws `BadInput` for data or settings that nothing can be
 * trained on, and `signal.reason` when aborted.
 *
 *     fitLinearSvm(features, [0, 1, 1], ['food', 'non_food'], LINEAR_SVM_DEFAULTS);
 */
export function fitLinearSvm(
  features: Matrix,
  labels: ArrayLike<number>,
  classes: readonly string[],
  settings: HeadSettings,
  options: FitOptions = {},
): Head {
  checkSettings(settings);
  checkTrainingData(features, labels, classes);
  const { onIteration, signal } = options;
  const standardisation = settings.standardise === true ? standardisationOf(features) : undefined;
  const machines: Machine[] = [];
  for (const task of tasksOf(labels, classes.length, settings)) {
    const before = machines.reduce((sum, { convergence }) => sum + convergence.iterations, 0);
    const tell = (told: Iteration): void => onIteration?.({ ...told, iteration: before + told.iteration });
    machines.push(
      separate({ features, labels, settings, standardisation }, task, { onIteration: tell, signal }),
    );
  }
  return {
    kind: 'linear-svm',
    classes: [...classes],
    coef: machines.map(({ coef }) => coef),
    intercept: machines.map(({ intercept }) => intercept),
    settings: { ...settings },
    convergence: joinConvergences(machines.map(({ convergence }) => convergence)),
  };
}

/** The Hessian changes by leaps: steps that are right until the next are worth ten times the default's exactness. */
const STEP_TOLERANCE = 0.01;

/** One class to be told from all others. */
interface Task {
  readonly positive: number;
  readonly rowWeights: Float64Array;
}

interface Machine {
  readonly coef: Float64Array;
  readonly intercept: number;
  readonly convergence: Convergence;
}

interface SharedInput {
  readonly features: Matrix;
  readonly labels: ArrayLike<number>;
  readonly settings: HeadSettings;
  readonly standardisation: Standardisation | undefined;
}

function tasksOf(labels: ArrayLike<number>, classCount: number, { classWeight }: HeadSettings): Task[] {
  const weights = classWeights(classWeight, labels, classCount);
  if (classCount === 2)
    return [{ positive: 1, rowWeights: Float64Array.from(labels, (label) => weights[label] ?? 0) }];
  return Array.from(weights, (weight, positive) => ({
    positive,
    rowWeights: Float64Array.from(labels, (label) => (label === positive ? weight : 1)),
  }));
}

function separate(shared: SharedInput, { positive, rowWeights }: Task, options: FitOptions): Machine {
  const { features, labels, settings, standardisation } = shared;
  const { C, tol, maxIterations } = settings;
  const objective = createRegularisedObjective({
    features,
    labels,
    rowWeights,
    C,
    loss: squaredHingeLoss(positive),
    // All rows are within their margins where coef = 0.
    start: { intercepts: Float64Array.of(bestIntercept(labels, positive, rowWeights, C)), curvature: 2 },
    interceptPenalty: 1,
    standardisation,
  });
  const minimum = minimise(objective, { tol, maxIterations, stepTolerance: STEP_TOLERANCE, ...options });
  const { coef, intercept } = objective.toParameters(minimum.point);
  return {
    coef: coef[0] ?? new Float64Array(features.columns),
    intercept: intercept[0] ?? 0,
    convergence: {
      converged: minimum.converged,
      iterations: minimum.iterations,
      gradientNorm: parameterGradientNorm(objective, minimum),
      objective: minimum.at.value,
    },
  };
}

/** The minimum over models that do not look at the features; between −1 and 1. */
function bestIntercept(
  labels: ArrayLike<number>,
  positive: number,
  rowWeights: Float64Array,
  C: number,
): number {
  let total = 0;
  let balance = 0;
  rowWeights.forEach((weight, row) => {
    total += weight;
    balance += labels[row] === positive ? weight : -weight;
  });
  return (2 * C * balance) / (1 + 2 * C * total);
}

const joinConvergences = (each: readonly Convergence[]): Convergence => ({
  converged: each.every(({ converged }) => converged),
  iterations: each.reduce((sum, { iterations }) => sum + iterations, 0),
  gradientNorm: Math.max(...each.map(({ gradientNorm }) => gradientNorm)),
  objective: each.reduce((sum, { objective }) => sum + objective, 0),
});
