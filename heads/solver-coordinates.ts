import type { ColumnStatistics } from './column-statistics.js';
import { createRankOneStretch } from './rank-one-stretch.js';
import type { FactorSums, LinearFunctions } from './row-sweep.js';
import { dot } from './vectors.js';

/** A point, or a gradient, in the user's terms. */
export interface LinearParameters {
  /** `[outputs][columns]` */
  readonly coef: readonly Float64Array[];
  readonly intercept: Float64Array;
}

export interface SolverCoordinatesInput {
  readonly outputs: number;
  readonly columns: ColumnStatistics;
  /** The loss's second derivative by the intercept at the start: C · curvature of the loss · sum of the rows' weights. */
  readonly interceptCurvature: number;
  /** 0 leaves intercepts free, 1 penalises them as it does coefficients. */
  readonly interceptPenalty: 0 | 1;
}

/**
 * Coordinates that suit a solver of an L2-penalised linear model:
 *
 * - Columns are centred, and intercepts absorb that exactly. It removes the huge common mean that features after a ReLU
 *   have, which would otherwise dominate the Hessian.
 * - Each coordinate is stretched so that the Hessian's diagonal is about 1 at the start.
 * - A penalised intercept is not that of the centred columns, but less by coef · mean. Its penalty so bends along the
 *   mean by the mean's square, and what that stretches is taken back along this one direction.
 *
 * All is applied to weights and to sums over rows, so the features need not be copied. A point is
 * `outputs` × (columns + 1) numbers, the intercept last in each row.
 */
export interface SolverCoordinates {
  /** How many numbers a point is. */
  readonly size: number;
  /** What one unit of an intercept's coordinate is. */
  readonly interceptStretch: number;
  /** The point of these intercepts (of centred columns) and coef = 0. */
  fromIntercepts(intercepts: Float64Array): Float64Array;
  /**
   * The Hessian's diagonal, about, from the loss's second derivatives by the intercepts (one per output): as if its
   * curvature were spread over the rows evenly. Costs no pass over them.
   */
  diagonalAt(interceptCurvatures: Float64Array): Float64Array;
  /** Weights of the raw columns, and offsets that make up for their means. */
  toFunctions(point: Float64Array): LinearFunctions;
  /** The penalty of these functions: half the squares of all that is penalised. */
  penaltyOf(functions: LinearFunctions): number;
  /**
   * Gradient of `loss + penalty` at the point of these functions (or the Hessian times it), from the loss's sums over raw
   * rows.
   */
  fromSums(sums: FactorSums, functions: LinearFunctions): Float64Array;
  /** Gradient by the coefficients and intercepts themselves. */
  toGradient(gradient: Float64Array): LinearParameters;
  /**
   * The coefficients' distance from those of the minimum as a share of their length, at most, about: the penalty alone
   * bends by 1, so they are no further away than their gradient is long.
   */
  distanceBound(point: Float64Array, gradient: Float64Array): number;
}

export function createSolverCoordinates(input: SolverCoordinatesInput): SolverCoordinates {
  const { outputs, interceptCurvature, interceptPenalty } = input;
  const { mean, variance } = input.columns;
  const columns = mean.length;
  const width = columns + 1;
  const size = outputs * width;
  const interceptStretch = 1 / Math.sqrt(interceptCurvature + interceptPenalty);
  // With a free intercept, a constant column's coefficients are 0 at the minimum, and rounding shall not say otherwise.
  // With a penalised one they share its work; but a column of nothing but 0 cannot.
  const isIdle = (value: number, at: number): boolean =>
    value === 0 && (interceptPenalty === 0 || mean[at] === 0);
  const stretch = variance.map((value, at) =>
    isIdle(value, at) ? 0 : 1 / Math.sqrt(1 + interceptCurvature * value),
  );
  const alongMean = createRankOneStretch(
    mean.map((value, at) => Math.sqrt(interceptPenalty) * (stretch[at] ?? 0) * value),
  );
  const coefOf = (point: Float64Array, k: number): Float64Array =>
    point.subarray(k * width, k * width + columns);

  return {
    size,
    interceptStretch,
    fromIntercepts(intercepts) {
      const point = new Float64Array(size);
      intercepts.forEach((value, k) => (point[k * width + columns] = value / interceptStretch));
      return point;
    },
    diagonalAt(interceptCurvatures) {
      const diagonal = new Float64Array(size);
      interceptCurvatures.forEach((curvature, k) => {
        stretch.forEach((scale, at) => {
          diagonal[k * width + at] = scale === 0 ? 1 : scale ** 2 * (1 + curvature * (variance[at] ?? 0));
        });
        const ofIntercept = interceptStretch ** 2 * (curvature + interceptPenalty);
        diagonal[k * width + columns] = Math.max(Number.EPSILON, ofIntercept);
      });
      return diagonal;
    },
    toFunctions(point) {
      const offsets = new Float64Array(outputs);
      const weights = Array.from(offsets, (_, k) => {
        const coef = alongMean.apply(coefOf(point, k));
        const weight = stretch.map((scale, at) => scale * (coef[at] ?? 0));
        offsets[k] = (point[k * width + columns] ?? 0) * interceptStretch - dot(weight, mean);
        return weight;
      });
      return { weights, offsets };
    },
    penaltyOf({ weights, offsets }) {
      const ofWeights = weights.reduce((total, weight) => total + dot(weight, weight) / 2, 0);
      return interceptPenalty === 0 ? ofWeights : ofWeights + dot(offsets, offsets) / 2;
    },
    fromSums(sums, { weights, offsets }) {
      const result = new Float64Array(size);
      sums.rows.forEach((sum, k) => {
        const factor = (sums.factors[k] ?? 0) + interceptPenalty * (offsets[k] ?? 0);
        const byCoef = stretch.map((scale, at) => {
          const ofLoss = (sum[at] ?? 0) - (mean[at] ?? 0) * factor;
          return scale * (ofLoss + (weights[k]?.[at] ?? 0));
        });
        result.set(alongMean.apply(byCoef), k * width);
        result[k * width + columns] = interceptStretch * factor;
      });
      return result;
    },
    toGradient(gradient) {
      const intercept = new Float64Array(outputs);
      const coef = Array.from(intercept, (_, k) => {
        const free = (gradient[k * width + columns] ?? 0) / interceptStretch;
        const byCoef = alongMean.undo(coefOf(gradient, k));
        intercept[k] = free;
        return mean.map((value, at) => (byCoef[at] ?? 0) / (stretch[at] || 1) + value * free);
      });
      return { coef, intercept };
    },
    distanceBound(point, gradient) {
      let distance = 0;
      let length = 0;
      for (let k = 0; k < outputs; k++)
        stretch.forEach((scale, at) => {
          if (scale === 0) return;
          distance += ((gradient[k * width + at] ?? 0) / scale) ** 2;
          length += ((point[k * width + at] ?? 0) * scale) ** 2;
        });
      return distance === 0 ? 0 : Math.sqrt(distance / length);
    },
  };
}
