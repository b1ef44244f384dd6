import { type TileSize, TRANSFORMS } from './transforms.js';

/**
 * U = G g Gᵀ of every kernel, computed in float64 and rounded once.
 *
 * @param kernels float32 [outputs, inputs, 3, 3], as ONNX' Conv has them.
 * @returns for each of the (m + 2)² products of a tile, row by row, the matrix [inputs, outputs] that makes it.
 */
export function transformWeights(
  kernels: Float32Array,
  outputs: number,
  inputs: number,
  tile: TileSize,
): readonly Float32Array[] {
  const side = tile + 2;
  const rows = Float64Array.from(TRANSFORMS[tile].weights.flat());
  const [count, area] = [side * side, inputs * outputs];
  const products = new Float32Array(count * area);
  const transformed = new Float64Array(count);
  for (let input = 0; input < inputs; input++)
    for (let output = 0; output < outputs; output++) {
      transformKernel(kernels, (output * inputs + input) * 9, rows, transformed);
      const place = input * outputs + output;
      for (let at = 0; at < count; at++) products[at * area + place] = transformed[at] ?? 0;
    }
  return Array.from({ length: count }, (_, at) => products.subarray(at * area, (at + 1) * area));
}

/** G g Gᵀ of the kernel that begins at `start`; `rows` is G, row-major. */
function transformKernel(
  kernels: Float32Array,
  start: number,
  rows: Float64Array,
  result: Float64Array,
): void {
  const side = rows.length / 3;
  const column = (j: number, a: number): number =>
    at(rows, a * 3) * at(kernels, start + j) +
    at(rows, a * 3 + 1) * at(kernels, start + 3 + j) +
    at(rows, a * 3 + 2) * at(kernels, start + 6 + j);
  for (let a = 0; a < side; a++) {
    const [left, middle, right] = [column(0, a), column(1, a), column(2, a)];
    for (let b = 0; b < side; b++)
      result[a * side + b] =
        left * at(rows, b * 3) + middle * at(rows, b * 3 + 1) + right * at(rows, b * 3 + 2);
  }
}

/** A number of an array that is known to hold it. */
const at = (numbers: Float32Array | Float64Array, index: number): number => numbers[index] ?? Number.NaN;
