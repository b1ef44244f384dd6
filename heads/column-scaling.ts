import type { Matrix } from './head.js';

/** Statistics of the columns; rows count by their weights. */
export interface ColumnStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Means and variances in two passes: one pass would lose the variance of columns whose mean is far larger. */
export function describeColumns(features: Matrix, rowWeights: Float64Array): ColumnStatistics {
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  const mean = averageColumns(features, rowWeights, total, (value) => value);
  const variance = averageColumns(features, rowWeights, total, (value, at) => (value - (mean[at] ?? 0)) ** 2);
  return { mean, variance };
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
