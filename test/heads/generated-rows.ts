import type { Matrix } from '../../heads/head.js';

export interface GeneratedRows {
  readonly features: Matrix;
  readonly labels: number[];
}

/** Features as after a ReLU, many more than rows, of two classes that lie apart. */
export function separableRows(): GeneratedRows {
  const [rows, columns] = [40, 200];
  return generate(rows, columns, (row, column, at) => {
    const common = Math.sin(column * column) - 0.2 + 0.4 * Math.sin(column) * (row % 2);
    const value = common + Math.sin(row * 7.3) * Math.cos(column) + Math.sin(at * at);
    return 0.2 * (column % 7) * Math.max(0, value);
  });
}

/** Two classes that no plane separates, in columns of different scales and of means far larger. */
export function dominantMeanRows(): GeneratedRows {
  const [rows, columns] = [300, 24];
  return generate(rows, columns, (row, column, at) => {
    const own = Math.sin(at * at * 0.37) * (1 + (column % 5));
    return 40 * (1 + (column % 3)) + own + 0.4 * (row % 2) * Math.sin(column);
  });
}

/** Classes 0 and 1 in turn. */
function generate(
  rows: number,
  columns: number,
  valueOf: (row: number, column: number, at: number) => number,
): GeneratedRows {
  const data = Float32Array.from({ length: rows * columns }, (_, at) =>
    valueOf(Math.floor(at / columns), at % columns, at),
  );
  return {
    features: { rows, columns, data },
    labels: Array.from({ length: rows }, (_, row) => row % 2),
  };
}
