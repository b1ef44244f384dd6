import { describeColumns } from './column-statistics.js';
import type { Matrix } from './head.js';
import type { Loss } from './loss.js';
import type { Evaluation, Minimum, Objective } from './newton-cg.js';
import { type FactorSums, type LinearFunctions, sweepRows } from './row-sweep.js';
import { type LinearParameters, createSolverCoordinates } from './solver-coordinates.js';
import {
  type Standardisation,
  foldStandardisation,
  standardiseStatistics,
  standardiseSums,
} from './standardisation.js';
import { infinityNorm } from './vectors.js';

export interface RegularisedObjectiveInput {
  readonly features: Matrix;
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  /** One per row. */
  readonly rowWeights: Float64Array;
  readonly C: number;
  readonly loss: Loss;
  readonly start: ObjectiveStart;
  /** 0 (default) leaves intercepts free, 1 adds `½ intercept²`. */
  readonly interceptPenalty?: 0 | 1;
  /** The columns whose coefficients are sought and penalised. Default: the features as they are. */
  readonly standardisation?: Standardisation | undefined;
}

/** Where a solver starts: coef = 0, and these intercepts of centred columns. */
export interface ObjectiveStart {
  /** One per output. */
  readonly intercepts: Float64Array;
  /** The loss's second derivative by a score there, the mean over rows and outputs. */
  readonly curvature: number;
}

/** The objective in the solver's coordinates, and the way back from them. */
export interface RegularisedObjective extends Objective {
  /** For the features as they are, standardised or not. */
  toParameters(point: Float64Array): LinearParameters;
  /** Gradient by the coefficients and intercepts themselves; by those of standardised columns where these are fitted. */
  toGradient(gradient: Float64Array): LinearParameters;
}

/** scikit-learn's objective, `C · Σ weight · loss + ½ ‖coef‖²`, with free or penalised intercepts. */
export function createRegularisedObjective(input: RegularisedObjectiveInput): RegularisedObjective {
  const { features, labels, loss, start, standardisation } = input;
  const rowCosts = input.rowWeights.map((weight) => input.C * weight);
  const totalCost = sum(rowCosts);
  const columns = describeColumns(features, input.rowWeights);
  const coordinates = createSolverCoordinates({
    outputs: loss.outputs,
    columns: standardisation === undefined ? columns : standardiseStatistics(standardisation, columns),
    interceptCurvature: totalCost * start.curvature,
    interceptPenalty: input.interceptPenalty ?? 0,
  });
  const fold = (functions: LinearFunctions): LinearFunctions =>
    standardisation === undefined ? functions : foldStandardisation(standardisation, functions);

  function sweep(functions: LinearFunctions, visit: (row: number, scores: Float64Array) => void): FactorSums {
    const sums = sweepRows(features, fold(functions), visit);
    return standardisation === undefined ? sums : standardiseSums(standardisation, sums);
  }

  function evaluate(point: Float64Array): Evaluation {
    const functions = coordinates.toFunctions(point);
    const bends = new Float64Array(features.rows * loss.outputs);
    let value = coordinates.penaltyOf(functions);
    const sums = sweep(functions, (row, scores) => {
      const cost = rowCosts[row] ?? 0;
      value += cost * loss.measure(scores, labels[row] ?? 0, bends, row * loss.outputs);
      for (let k = 0; k < loss.outputs; k++) scores[k] = cost * (scores[k] ?? 0);
    });
    return {
      value,
      gradient: coordinates.fromSums(sums, functions),
      diagonal: coordinates.diagonalAt(curvaturesAt(bends)),
      multiplyHessian: (vector) => multiplyHessian(bends, vector),
    };
  }

  /** Second derivatives of the loss by each intercept. */
  function curvaturesAt(bends: Float64Array): Float64Array {
    const curvatures = new Float64Array(loss.outputs);
    bends.forEach((bend, at) => {
      const cost = rowCosts[Math.floor(at / loss.outputs)] ?? 0;
      const k = at % loss.outputs;
      curvatures[k] = (curvatures[k] ?? 0) + cost * loss.curvatureOf(bend);
    });
    return curvatures;
  }

  function multiplyHessian(bends: Float64Array, vector: Float64Array): Float64Array {
    const functions = coordinates.toFunctions(vector);
    const sums = sweep(functions, (row, scores) => {
      loss.curve(bends, row * loss.outputs, scores);
      const cost = rowCosts[row] ?? 0;
      for (let k = 0; k < loss.outputs; k++) scores[k] = cost * (scores[k] ?? 0);
    });
    return coordinates.fromSums(sums, functions);
  }

  return {
    start: coordinates.fromIntercepts(start.intercepts),
    gradientBound: totalCost * coordinates.interceptStretch,
    evaluate,
    ...(loss.losesCurvature && {
      distanceBound: (point, gradient) => coordinates.distanceBound(point, gradient),
    }),
    toParameters(point) {
      const { weights, offsets } = fold(coordinates.toFunctions(point));
      return { coef: weights, intercept: offsets };
    },
    toGradient: (gradient) => coordinates.toGradient(gradient),
  };
}

/** The gradient's infinity norm by coefficients and intercepts, as {@link RegularisedObjective.toGradient} gives it. */
export function parameterGradientNorm(objective: RegularisedObjective, { at }: Minimum): number {
  const { coef, intercept } = objective.toGradient(at.gradient);
  return Math.max(infinityNorm(intercept), ...coef.map(infinityNorm));
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
