import type { Matrix } from '../head.js';
import type { Standardisation } from '../standardisation.js';
import type { MatrixProduct, Rows } from './matrix-product.js';

/** A symmetric matrix in whole, row-major: `rows × rows`. */
export interface SymmetricMatrix {
  readonly rows: number;
  readonly data: Float64Array;
}

/** Centred columns of all rows that are in memory as float64 at one time, in bytes. */
const PANEL_BYTES = 2 ** 26;
const MOST_PANEL_COLUMNS = 2048;
/** Products are made of blocks of this many rows, and those below the diagonal are copied from above it. */
const BLOCK_ROWS = 512;

/**
 * The inner products of all pairs of rows, their columns centred (and divided by their scales): `X̃ · X̃ᵀ`, in float64
 * from the subtraction on, because the mean of features after a ReLU is tens of times what tells them apart.
 *
 * Throws `signal.reason` when aborted; between blocks the event loop turns.
 */
export async function computeGramMatrix(
  features: Matrix,
  columns: Standardisation,
  product: MatrixProduct,
  turn: () => Promise<void>,
): Promise<SymmetricMatrix> {
  const { rows } = features;
  const data = new Float64Array(rows * rows);
  const width = Math.max(64, Math.min(MOST_PANEL_COLUMNS, Math.floor(PANEL_BYTES / 8 / rows)));
  for (let from = 0; from < features.columns; from += width) {
    const panel = centrePanel(features, columns, from, Math.min(features.columns, from + width));
    for (let top = 0; top < rows; top += BLOCK_ROWS)
      for (let left = top; left < rows; left += BLOCK_ROWS) {
        await turn();
        const block = await product.multiply(takeBlock(panel, top), takeBlock(panel, left));
        addBlock(data, rows, block, top, left);
      }
  }
  mirror(data, rows);
  return { rows, data };
}

function centrePanel(
  { rows, columns, data }: Matrix,
  { mean, scale }: Standardisation,
  from: number,
  to: number,
): Rows {
  const width = to - from;
  const panel = new Float64Array(rows * width);
  const means = mean.subarray(from, to);
  const factors = scale.subarray(from, to).map((value) => 1 / value);
  for (let row = 0; row < rows; row++) {
    const source = data.subarray(row * columns + from, row * columns + to);
    const target = panel.subarray(row * width, (row + 1) * width);
    for (let at = 0; at < width; at++)
      target[at] = ((source[at] ?? 0) - (means[at] ?? 0)) * (factors[at] ?? 1);
  }
  return { rows, columns: width, data: panel };
}

function takeBlock({ rows, columns, data }: Rows, from: number): Rows {
  const to = Math.min(rows, from + BLOCK_ROWS);
  return { rows: to - from, columns, data: data.subarray(from * columns, to * columns) };
}

function addBlock(target: Float64Array, rows: number, block: Float64Array, top: number, left: number): void {
  const width = Math.min(rows, left + BLOCK_ROWS) - left;
  const height = block.length / width;
  for (let row = 0; row < height; row++) {
    const start = (top + row) * rows + left;
    const line = target.subarray(start, start + width);
    const added = block.subarray(row * width, (row + 1) * width);
    for (let at = 0; at < width; at++) line[at] = (line[at] ?? 0) + (added[at] ?? 0);
  }
}

/** Exactly symmetric: what is below the diagonal is what is above it, within diagonal blocks too. */
function mirror(data: Float64Array, rows: number): void {
  for (let row = 1; row < rows; row++)
    for (let at = 0; at < row; at++) data[row * rows + at] = data[at * rows + row] ?? 0;
}

/** The rows and columns of these numbers, in this order. */
export function takeRows({ rows, data }: SymmetricMatrix, chosen: readonly number[]): SymmetricMatrix {
  const count = chosen.length;
  const columns = Uint32Array.from(chosen);
  const taken = new Float64Array(count ** 2);
  for (let to = 0; to < count; to++) {
    const start = (columns[to] ?? 0) * rows;
    for (let at = 0; at < count; at++) taken[to * count + at] = data[start + (columns[at] ?? 0)] ?? 0;
  }
  return { rows: count, data: taken };
}
