import { dot } from './vectors.js';
import type { ColumnStatistics } from './column-statistics.js';
import type { FactorSums, LinearFunctions } from './row-sweep.js';

/** A point, or a gradient, in the user's terms. */
export interface LinearParameters {
  /** `[outputs][columns]` */
  readonly coef: readonly Float64Array[];
  readonly intercept: Float64Array;
}

export interface SolverCoordinatesInput {
  readonly outputs: number;
  readonly columns: ColumnStatistics;
  /** The Hessian's diagonal at the start, by the intercept: C · curvature of the loss · sum of the rows' weights. */
  readonly interceptCurvature: number;
}

/**
 * Coordinates that suit a solver of an L2-penalised linear model with free intercepts:
 *
 * - Columns are centred. Free intercepts absorb that exactly, and it removes the huge common mean that features after a
 *   ReLU have, which would otherwise dominate the Hessian.
 * - Each coordinate is stretched so that the Hessian's diagonal is about 1 at the start.
 *
 * Centring and stretching are applied to weights and to sums over rows, so the features need not be copied. A point is
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
   * The Hessian's diagonal, about, from that by the intercepts (one per output): as if the loss's curvature were spread
   * over the rows evenly. Costs no pass over them.
   */
  diagonalAt(interceptCurvatures: Float64Array): Float64Array;
  /** Weights of the raw columns, and offsets that make up for their means. */
  toFunctions(point: Float64Array): LinearFunctions;
  /** Gradient of `loss + ½ ‖coef‖²` at `point` (or Hessian times `point`), from the loss's sums over raw rows. */
  fromSums(sums: FactorSums, point: Float64Array): Float64Array;
  /** Gradient by the coefficients and intercepts themselves. */
  toGradient(gradient: Float64Array): LinearParameters;
}

export function createSolverCoordinates(input: SolverCoordinatesInput): SolverCoordinates {
  const { outputs, interceptCurvature } = input;
  const { mean, variance } = input.columns;
  const columns = mean.length;
  const width = columns + 1;
  const size = outputs * width;
  const interceptStretch = 1 / Math.sqrt(interceptCurvature);
  // A constant column's coefficients are 0 at the minimum, and rounding shall not say otherwise.
  const stretch = variance.map((value) => (value === 0 ? 0 : 1 / Math.sqrt(1 + interceptCurvature * value)));

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
        diagonal[k * width + columns] = Math.max(Number.EPSILON, interceptStretch ** 2 * curvature);
      });
      return diagonal;
    },
    toFunctions(point) {
      const offsets = new Float64Array(outputs);
      const weights = Array.from(offsets, (_, k) => {
        const weight = stretch.map((scale, at) => scale * (point[k * width + at] ?? 0));
        offsets[k] = (point[k * width + columns] ?? 0) * interceptStretch - dot(weight, mean);
        return weight;
      });
      return { weights, offsets };
    },
    fromSums(sums, point) {
      const result = new Float64Array(size);
      sums.rows.forEach((sum, k) => {
        const factor = sums.factors[k] ?? 0;
        stretch.forEach((scale, at) => {
          const ofLoss = (sum[at] ?? 0) - (mean[at] ?? 0) * factor;
          result[k * width + at] = scale * (ofLoss + scale * (point[k * width + at] ?? 0));
        });
        result[k * width + columns] = interceptStretch * factor;
      });
      return result;
    },
    toGradient(gradient) {
      const intercept = new Float64Array(outputs);
      const coef = Array.from(intercept, (_, k) => {
        const free = (gradient[k * width + columns] ?? 0) / interceptStretch;
        intercept[k] = free;
        return mean.map((value, at) => (gradient[k * width + at] ?? 0) / (stretch[at] || 1) + value * free);
      });
      return { coef, intercept };
    },
  };
}
