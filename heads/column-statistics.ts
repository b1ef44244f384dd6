import type { Matrix } from './head.js';

/** Statistics of the columns; rows count by their weights. */
export interface ColumnStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/**
 * A standard deviation below this share of the mean is the mean's own rounding error: float32 numbers that differ do so
 * by at least 6e-8 of themselves, one in a billion of them still by 2e-12 on the average.
 */
const CONSTANT = 1e-12;

/**
 * Means and variances in two passes: one pass would lose the variance of columns whose mean is far larger. The variance
 * of a constant column is exactly 0.
 */
export function describeColumns(features: Matrix, rowWeights: Float64Array): ColumnStatistics {
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  const mean = averageColumns(features, rowWeights, total, (value) => value);
  const variance = averageColumns(features, rowWeights, total, (value, at) => (value - (mean[at] ?? 0)) ** 2);
  return {
    mean,
    variance: variance.map((value, at) =>
      Math.sqrt(value) <= CONSTANT * Math.abs(mean[at] ?? 0) ? 0 : value,
    ),
  };
}

function averageColumns(
  { rows, columns, data }: Matrix,
  rowWeights: Float64Array,
  total: number,
  map: (value: number, column: number) => number,
): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const share = (rowWeights[row] ?? 0) / total;
    const start = row * columns;
    for (let at = 0; at < columns; at++) sums[at] = (sums[at] ?? 0) + share * map(data[start + at] ?? 0, at);
  }
  return sums;
}
