import { describeColumns } from './column-scaling.js';
import type { Matrix } from './head.js';
import type { Loss } from './loss.js';
import type { Evaluation, Objective } from './newton-cg.js';
import { type FactorSums, type LinearFunctions, sweepRows } from './row-sweep.js';

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

/** A point of the solver in the user's terms. */
export interface LinearParameters {
  /** `[outputs][columns]` */
  readonly coef: readonly Float64Array[];
  readonly intercept: Float64Array;
}

/** The objective, and the way back from the solver's coordinates to coefficients. */
export interface RegularisedObjective extends Objective {
  toParameters(point: Float64Array): LinearParameters;
  /** Gradient by the coefficients and intercepts themselves, from the gradient by the solver's coordinates. */
  toGradient(gradient: Float64Array): LinearParameters;
}

/**
 * scikit-learn's objective, `C · Σ weight · loss + ½ ‖coef‖²` with free intercepts, in coordinates that suit a solver:
 *
 * - Columns are centred. Free intercepts absorb that exactly, and it removes the huge common mean that features after a
 *   ReLU have, which would otherwise dominate the Hessian.
 * - Each coordinate is stretched so that the Hessian's diagonal is about 1 at the start.
 * - The start is coef = 0 with the intercepts that are best for it, the log priors.
 *
 * The features are never copied: centring and stretching are applied to weights and sums instead. A point is
 * `outputs` × (columns + 1) numbers, the intercept last in each row.
 */
export function createRegularisedObjective(input: RegularisedObjectiveInput): RegularisedObjective {
  const { features, labels, rowWeights, C, loss, priors } = input;
  const { rows, columns } = features;
  const { mean, variance } = describeColumns(features, rowWeights);
  const stretch = chooseStretch(input, variance);
  const width = columns + 1;
  const size = loss.outputs * width;

  /** Weights of the raw columns, and offsets that make up for their means. */
  function toFunctions(point: Float64Array): LinearFunctions {
    const offsets = new Float64Array(loss.outputs);
    const weights = Array.from(offsets, (_, k) => {
      const weight = new Float64Array(columns);
      let offset = (point[k * width + columns] ?? 0) * (stretch[columns] ?? 0);
      for (let at = 0; at < columns; at++) {
        const value = (point[k * width + at] ?? 0) * (stretch[at] ?? 0);
        weight[at] = value;
        offset -= value * (mean[at] ?? 0);
      }
      offsets[k] = offset;
      return weight;
    });
    return { weights, offsets };
  }

  /** Takes sums over raw rows to the solver's coordinates, and adds the penalty's part, linear in `point`. */
  function fromSums(sums: FactorSums, point: Float64Array): Float64Array {
    const result = new Float64Array(size);
    sums.rows.forEach((sum, k) => {
      const factor = sums.factors[k] ?? 0;
      for (let at = 0; at < columns; at++) {
        const scale = stretch[at] ?? 0;
        const ofLoss = (sum[at] ?? 0) - (mean[at] ?? 0) * factor;
        result[k * width + at] = scale * (ofLoss + scale * (point[k * width + at] ?? 0));
      }
      result[k * width + columns] = (stretch[columns] ?? 0) * factor;
    });
    return result;
  }

  function evaluate(point: Float64Array): Evaluation {
    const functions = toFunctions(point);
    const probabilities = new Float64Array(rows * loss.outputs);
    let value = functions.weights.reduce((sum, weight) => sum + halfSquare(weight), 0);
    const sums = sweepRows(features, functions, (row, scores) => {
      const label = labels[row] ?? 0;
      const weight = C * (rowWeights[row] ?? 0);
      value += weight * loss.measure(scores, label);
      probabilities.set(scores, row * loss.outputs);
      for (let k = 0; k < loss.outputs; k++)
        scores[k] = weight * ((scores[k] ?? 0) - (loss.classOf(k) === label ? 1 : 0));
    });
    return {
      value,
      gradient: fromSums(sums, point),
      multiplyHessian: (vector) => multiplyHessian(probabilities, vector),
    };
  }

  function multiplyHessian(probabilities: Float64Array, vector: Float64Array): Float64Array {
    const sums = sweepRows(features, toFunctions(vector), (row, scores) => {
      loss.curve(probabilities, row * loss.outputs, scores);
      const weight = C * (rowWeights[row] ?? 0);
      for (let k = 0; k < loss.outputs; k++) scores[k] = weight * (scores[k] ?? 0);
    });
    return fromSums(sums, vector);
  }

  return {
    start: startFrom(priors, stretch, loss.outputs),
    gradientBound: C * sum(rowWeights) * (stretch[columns] ?? 0),
    evaluate,
    toParameters(point) {
      const { weights, offsets } = toFunctions(point);
      return { coef: weights, intercept: offsets };
    },
    toGradient(gradient) {
      const intercept = new Float64Array(loss.outputs);
      const coef = Array.from(intercept, (_, k) => {
        const free = (gradient[k * width + columns] ?? 0) / (stretch[columns] ?? 1);
        intercept[k] = free;
        return Float64Array.from(
          mean,
          (value, at) => (gradient[k * width + at] ?? 0) / (stretch[at] || 1) + value * free,
        );
      });
      return { coef, intercept };
    },
  };
}

/**
 * 1 / √(diagonal of the Hessian at the start), for each column and, last, the intercept. A constant column's is 0: its
 * coefficients are 0 at the minimum, and rounding shall not say otherwise.
 */
function chooseStretch(input: RegularisedObjectiveInput, variance: Float64Array): Float64Array {
  const { C, rowWeights, priors } = input;
  const curvature = sum(priors.map((prior) => prior * (1 - prior))) / priors.length;
  const total = C * curvature * sum(rowWeights);
  const ofColumns = variance.map((value) => (value === 0 ? 0 : 1 / Math.sqrt(1 + total * value)));
  return Float64Array.from([...ofColumns, 1 / Math.sqrt(total)]);
}

function startFrom(priors: Float64Array, stretch: Float64Array, outputs: number): Float64Array {
  const width = stretch.length;
  const point = new Float64Array(outputs * width);
  priors.forEach((prior, k) => {
    const best = outputs === 1 ? Math.log(prior / (1 - prior)) : Math.log(prior);
    point[k * width + width - 1] = best / (stretch[width - 1] ?? 1);
  });
  return point;
}

function halfSquare(weight: Float64Array): number {
  let sum = 0;
  for (const value of weight) sum += value * value;
  return sum / 2;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
