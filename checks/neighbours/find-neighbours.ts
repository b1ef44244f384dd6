import type { Matrix } from '../../heads/head.js';
import type { FeatureRows } from './feature-rows.js';
import { createNearestLists, type Neighbours } from './nearest-lists.js';
import { columnMeans, unitRows } from './unit-rows.js';

/** `a · bᵀ`: the inner product of every row of `a` with every row of `b`, float32, rows of `a` × rows of `b`. */
export type MultiplyRows = (a: Matrix, b: Matrix) => Promise<Float32Array>;

export interface NeighbourOptions {
  /** Neighbours of each row. Default 5. */
  readonly k?: number;
  /** Memory for one block of rows; two are held, and their products. Default 32 MiB. */
  readonly blockBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of a block at most: its products with another take 4 MiB. */
const MOST_BLOCK_ROWS = 1024;

/**
 * The nearest neighbours of every row by the cosine of centred features, exactly: every pair is looked at, in blocks, so that
 * memory grows with the rows and never with their square. 4,000 × 1,280 take a second on two cores.
 *
 * Centring takes away what all pictures share, most of a feature's length: without it unrelated pictures are 0.5 similar.
 * Throws `BadInput` for NaN and infinite features.
 */
export async function findNeighbours(
  features: FeatureRows,
  multiply: MultiplyRows,
  { k = 5, blockBytes = 32 * 2 ** 20, signal }: NeighbourOptions = {},
): Promise<Neighbours> {
  const { rows, columns } = features;
  const lists = createNearestLists(rows, k);
  if (rows === 0) return lists.finish();
  const size = Math.max(1, Math.min(MOST_BLOCK_ROWS, Math.floor(blockBytes / (4 * columns))));
  const mean = await columnMeans(features, size);
  const readBlock = async (start: number): Promise<Block> => ({
    start,
    unit: unitRows(await features.read(start, Math.min(rows, start + size)), mean),
  });
  for (let start = 0; start < rows; start += size) {
    const left = await readBlock(start);
    for (let other = start; other < rows; other += size) {
      signal?.throwIfAborted();
      const right = other === start ? left : await readBlock(other);
      noteProducts(lists, left, right, await multiply(left.unit, right.unit));
    }
  }
  return lists.finish();
}

interface Block {
  /** Row id of its first row. */
  readonly start: number;
  readonly unit: Matrix;
}

/** Similarity is mutual, so that only blocks at and after the diagonal are computed and each pair is noted for both. */
function noteProducts(
  lists: ReturnType<typeof createNearestLists>,
  left: Block,
  right: Block,
  products: Float32Array,
): void {
  const width = right.unit.rows;
  for (let i = 0; i < left.unit.rows; i++) {
    const row = left.start + i;
    for (let j = left === right ? i + 1 : 0; j < width; j++) {
      const similarity = products[i * width + j] ?? 0;
      const other = right.start + j;
      if (similarity >= lists.worst(row)) lists.insert(row, other, similarity);
      if (similarity >= lists.worst(other)) lists.insert(other, row, similarity);
    }
  }
}
