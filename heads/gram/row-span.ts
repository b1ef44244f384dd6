import type { Matrix } from '../head.js';
import type { Standardisation } from '../standardisation.js';

/** The rows of a matrix, as its columns are centred (and divided by their scales). */
export interface RowSpan {
  readonly features: Matrix;
  readonly columns: Standardisation;
}

/**
 * Weights of the columns from factors of the rows, `[output][column]`: Σ factor · centred row. `factors` are
 * rows × outputs. One pass over the rows in float64.
 */
export function combineRows(
  { features, columns: { mean, scale } }: RowSpan,
  factors: Float64Array,
  outputs: number,
): Float64Array[] {
  const { rows, columns, data } = features;
  const totals = new Float64Array(outputs);
  const sums = Array.from(totals, () => new Float64Array(columns));
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * columns, (row + 1) * columns);
    sums.forEach((sum, k) => {
      const factor = factors[row * outputs + k] ?? 0;
      if (factor === 0) return;
      totals[k] = (totals[k] ?? 0) + factor;
      addRow(sum, factor, vector);
    });
  }
  return sums.map((sum, k) =>
    sum.map((value, at) => (value - (totals[k] ?? 0) * (mean[at] ?? 0)) / (scale[at] ?? 1)),
  );
}

/** The inner product of each centred row with a vector. */
export function projectRows(
  { features, columns: { mean, scale } }: RowSpan,
  vector: Float64Array,
): Float64Array {
  const { rows, columns, data } = features;
  const scaled = vector.map((value, at) => value / (scale[at] ?? 1));
  return Float64Array.from({ length: rows }, (_, row) => {
    const start = row * columns;
    let sum = 0;
    for (let at = 0; at < columns; at++)
      sum += ((data[start + at] ?? 0) - (mean[at] ?? 0)) * (scaled[at] ?? 0);
    return sum;
  });
}

/** sum += factor · vector, unrolled: a third faster. */
function addRow(sum: Float64Array, factor: number, vector: Float32Array): void {
  const whole = vector.length - (vector.length % 4);
  for (let at = 0; at < whole; at += 4) {
    sum[at] = (sum[at] ?? 0) + factor * (vector[at] ?? 0);
    sum[at + 1] = (sum[at + 1] ?? 0) + factor * (vector[at + 1] ?? 0);
    sum[at + 2] = (sum[at + 2] ?? 0) + factor * (vector[at + 2] ?? 0);
    sum[at + 3] = (sum[at + 3] ?? 0) + factor * (vector[at + 3] ?? 0);
  }
  for (let at = whole; at < vector.length; at++) sum[at] = (sum[at] ?? 0) + factor * (vector[at] ?? 0);
}
