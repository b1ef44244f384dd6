import type { Matrix } from '../../heads/head.js';

/** Features that are read row by row, wherever they are. */
export interface FeatureRows {
  readonly rows: number;
  readonly columns: number;
  /** Rows `from` to `to` (exclusive). */
  read(from: number, to: number): Promise<Matrix>;
}

/** Features that are in memory: what is read is no copy. */
export const rowsOf = (features: Matrix): FeatureRows => ({
  rows: features.rows,
  columns: features.columns,
  read: (from, to) =>
    Promise.resolve({
      rows: to - from,
      columns: features.columns,
      data: features.data.subarray(from * features.columns, to * features.columns),
    }),
});
