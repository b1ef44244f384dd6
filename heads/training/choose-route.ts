import type { HeadKind } from '../head.js';

/**
 * How heads are fitted; all give the same solution. `columns`: from the features in memory, each iteration reads them.
 * `gram`: from the inner products of all pairs of rows. `streamed`: from features that are read anew in each iteration.
 */
export type Route = 'columns' | 'gram' | 'streamed';

export interface RouteInput {
  /** Of the training features. */
  readonly rows: number;
  readonly columns: number;
  /** Validation rows, which are in memory, too. */
  readonly validationRows: number;
  readonly kinds: readonly HeadKind[];
  /** Whether many heads are fitted, and not one. */
  readonly isSweep: boolean;
  readonly memoryBytes: number;
}

/** Below so many numbers a fit takes less time than it takes to start what computes inner products. */
const SMALL = 500_000;
/**
 * Rows per column up to which inner products pay for logistic regression. Measured at 2,500 × 1,280, processor seconds on
 * 2 cores: a fit 2.0 by the columns and 1.7 by inner products, of which 0.5 serve all fits; a support vector machine 22.6
 * and 0.8, for only the rows within its margins count: it pays whatever the columns.
 */
const MOST_ROWS_PER_COLUMN = 4;

const MEGABYTE = 2 ** 20;
/** Panels of centred columns, and what onnxruntime takes. */
const GRAM_OVERHEAD = 200 * MEGABYTE;
const COLUMNS_OVERHEAD = 50 * MEGABYTE;

/** The fastest route that the memory allows. */
export function chooseRoute(input: RouteInput): Route {
  const { rows, columns, validationRows, kinds, isSweep, memoryBytes } = input;
  const features = (rows + validationRows) * columns * Float32Array.BYTES_PER_ELEMENT;
  if (features + COLUMNS_OVERHEAD > memoryBytes) return 'streamed';
  if (rows * columns < SMALL && !isSweep) return 'columns';
  // The matrix in both precisions, and the part of it for the rows that bend.
  const products = 2.25 * rows ** 2 * Float64Array.BYTES_PER_ELEMENT;
  if (features + products + GRAM_OVERHEAD > memoryBytes) return 'columns';
  return rows <= MOST_ROWS_PER_COLUMN * columns || kinds.includes('linear-svm') ? 'gram' : 'columns';
}
