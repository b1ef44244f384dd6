import { describeColumns } from './column-statistics.js';
import type { Matrix } from './head.js';
import type { Loss } from './loss.js';
import type { Evaluation, Objective } from './newton-cg.js';
import { sweepRows } from './row-sweep.js';
import { type LinearParameters, createSolverCoordinates } from './solver-coordinates.js';
import { dot } from './vectors.js';

export interface RegularisedObjectiveInput {
  readonly features: Matrix;
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  /** One per row. */
  readonly rowWeights: Float64Array;
  readonly C: number;
  readonly loss: Loss;
  /** Share of each output's class among the weighted rows, > 0 and < 1. */
  readonly priors: Float64Array;
}

/** The objective in the solver's coordinates, and the way back from them. */
export interface RegularisedObjective extends Objective {
  toParameters(point: Float64Array): LinearParameters;
  /** Gradient by the coefficients and intercepts themselves. */
  toGradient(gradient: Float64Array): LinearParameters;
}

/**
 * scikit-learn's objective, `C · Σ weight · loss + ½ ‖coef‖²` with free intercepts. It starts from coef = 0 with the
 * intercepts that are best for it: the log odds, or log shares, of the classes.
 */
export function createRegularisedObjective(input: RegularisedObjectiveInput): RegularisedObjective {
  const { features, labels, loss, priors } = input;
  const rowCosts = input.rowWeights.map((weight) => input.C * weight);
  const totalCost = sum(rowCosts);
  const coordinates = createSolverCoordinates({
    outputs: loss.outputs,
    columns: describeColumns(features, input.rowWeights),
    interceptCurvature: (totalCost * sum(priors.map((prior) => prior * (1 - prior)))) / priors.length,
  });

  function evaluate(point: Float64Array): Evaluation {
    const functions = coordinates.toFunctions(point);
    const probabilities = new Float64Array(features.rows * loss.outputs);
    let value = sum(Float64Array.from(functions.weights, (weight) => dot(weight, weight) / 2));
    const sums = sweepRows(features, functions, (row, scores) => {
      const label = labels[row] ?? 0;
      const cost = rowCosts[row] ?? 0;
      value += cost * loss.measure(scores, label);
      probabilities.set(scores, row * loss.outputs);
      for (let k = 0; k < loss.outputs; k++)
        scores[k] = cost * ((scores[k] ?? 0) - (loss.classOf(k) === label ? 1 : 0));
    });
    return {
      value,
      gradient: coordinates.fromSums(sums, point),
      diagonal: coordinates.diagonalAt(curvaturesAt(probabilities)),
      multiplyHessian: (vector) => multiplyHessian(probabilities, vector),
    };
  }

  /** Second derivatives of the loss by each intercept. */
  function curvaturesAt(probabilities: Float64Array): Float64Array {
    const curvatures = new Float64Array(loss.outputs);
    probabilities.forEach((probability, at) => {
      const cost = rowCosts[Math.floor(at / loss.outputs)] ?? 0;
      const k = at % loss.outputs;
      curvatures[k] = (curvatures[k] ?? 0) + cost * probability * (1 - probability);
    });
    return curvatures;
  }

  function multiplyHessian(probabilities: Float64Array, vector: Float64Array): Float64Array {
    const sums = sweepRows(features, coordinates.toFunctions(vector), (row, scores) => {
      loss.curve(probabilities, row * loss.outputs, scores);
      const cost = rowCosts[row] ?? 0;
      for (let k = 0; k < loss.outputs; k++) scores[k] = cost * (scores[k] ?? 0);
    });
    return coordinates.fromSums(sums, vector);
  }

  return {
    start: coordinates.fromIntercepts(bestIntercepts(priors)),
    gradientBound: totalCost * coordinates.interceptStretch,
    evaluate,
    toParameters(point) {
      const { weights, offsets } = coordinates.toFunctions(point);
      return { coef: weights, intercept: offsets };
    },
    toGradient: (gradient) => coordinates.toGradient(gradient),
  };
}

/** The intercepts of the minimum over models that do not look at the features. */
const bestIntercepts = (priors: Float64Array): Float64Array =>
  priors.length === 1 ? priors.map((prior) => Math.log(prior / (1 - prior))) : priors.map(Math.log);

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
