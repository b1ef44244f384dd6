import type { Matrix } from '../../heads/head.js';
import { checkFeatures } from '../../heads/training-data.js';
import type { FeatureRows } from './feature-rows.js';

/** The mean of each column, summed in float64; `blockRows` are read at once. Throws `BadInput` for NaN and infinite features. */
export async function columnMeans(features: FeatureRows, blockRows: number): Promise<Float64Array> {
  const { rows, columns } = features;
  const sums = new Float64Array(columns);
  for (let from = 0; from < rows; from += blockRows) {
    const block = await features.read(from, Math.min(rows, from + blockRows));
    checkFeatures(block);
    for (let start = 0; start < block.data.length; start += columns)
      for (let at = 0; at < columns; at++) sums[at] = (sums[at] ?? 0) + (block.data[start + at] ?? 0);
  }
  return sums.map((sum) => sum / rows);
}

/**
 * The rows less `mean`, each scaled to length 1, so that their inner products are cosines. A row that equals the mean becomes
 * zeros, and so similar to nothing.
 */
export function unitRows({ rows, columns, data }: Matrix, mean: Float64Array): Matrix {
  const unit = new Float32Array(rows * columns);
  for (let start = 0; start < unit.length; start += columns) {
    let square = 0;
    for (let at = 0; at < columns; at++) {
      const value = (data[start + at] ?? 0) - (mean[at] ?? 0);
      unit[start + at] = value;
      square += value * value;
    }
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let at = start; at < start + columns; at++) unit[at] = (unit[at] ?? 0) * scale;
  }
  return { rows, columns, data: unit };
}
