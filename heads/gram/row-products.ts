import { type SymmetricMatrix, multiplySymmetric } from './gram-matrix.js';

/** What the intercept's penalty needs to know of the mean that was subtracted from the columns. */
export interface MeanOfRows {
  /** Each centred row's inner product with the mean. */
  readonly projections: Float64Array;
  /** The mean's inner product with itself. */
  readonly squared: number;
}

/** The inner products of all pairs of rows, times factors of the rows: scores without intercepts, rows × outputs. */
export interface RowProducts {
  readonly rows: number;
  multiply(factors: Float64Array): Float64Array;
  /** The sum of the rows' lengths, each times its weight. */
  sumLengths(weights: Float64Array): number;
}

/**
 * Of centred rows, or, where the mean is given, of rows that are not and have one more column of 1: exactly
 * `K + 1·pᵀ + p·1ᵀ + (‖mean‖² + 1)·1·1ᵀ`, K the centred rows' matrix and p their products with the mean. A penalised
 * intercept is the coefficient of that column.
 */
export function createRowProducts(
  gram: SymmetricMatrix,
  outputs: number,
  mean: MeanOfRows | undefined,
): RowProducts {
  const { rows, data } = gram;
  return {
    rows,
    multiply(factors) {
      const product = multiplySymmetric(gram, factors, outputs);
      if (mean !== undefined) addMean(product, factors, mean, outputs);
      return product;
    },
    sumLengths(weights) {
      let sum = 0;
      weights.forEach((weight, row) => {
        const ofMean = mean === undefined ? 0 : 2 * (mean.projections[row] ?? 0) + mean.squared + 1;
        sum += weight * Math.sqrt(Math.max(0, (data[row * rows + row] ?? 0) + ofMean));
      });
      return sum;
    },
  };
}

function addMean(
  product: Float64Array,
  factors: Float64Array,
  { projections, squared }: MeanOfRows,
  outputs: number,
): void {
  for (let k = 0; k < outputs; k++) {
    let total = 0;
    let along = 0;
    projections.forEach((projection, row) => {
      const factor = factors[row * outputs + k] ?? 0;
      total += factor;
      along += factor * projection;
    });
    const common = along + (squared + 1) * total;
    projections.forEach((projection, row) => {
      const at = row * outputs + k;
      product[at] = (product[at] ?? 0) + projection * total + common;
    });
  }
}
