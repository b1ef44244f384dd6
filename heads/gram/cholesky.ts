/** A symmetric positive definite matrix as the product of a triangle and its transpose. */
export interface Cholesky {
  /** The x with `matrix · x = rightSide`. */
  solve(rightSide: Float64Array): Float64Array;
}

/** Factorises a small matrix; what rounding leaves of a pivot is never 0. */
export function factorise(matrix: readonly Float64Array[]): Cholesky {
  const size = matrix.length;
  const triangle = matrix.map(() => new Float64Array(size));
  const at = (row: number, column: number): number => triangle[row]?.[column] ?? 0;
  matrix.forEach((line, row) => {
    for (let column = 0; column <= row; column++) {
      let rest = line[column] ?? 0;
      for (let k = 0; k < column; k++) rest -= at(row, k) * at(column, k);
      const ofRow = triangle[row] ?? new Float64Array(0);
      const smallest = Number.EPSILON * (line[row] ?? 0) + Number.MIN_VALUE;
      ofRow[column] = row === column ? Math.sqrt(Math.max(smallest, rest)) : rest / at(column, column);
    }
  });
  return {
    solve(rightSide) {
      const x = rightSide.slice();
      for (let row = 0; row < size; row++) {
        for (let k = 0; k < row; k++) x[row] = (x[row] ?? 0) - at(row, k) * (x[k] ?? 0);
        x[row] = (x[row] ?? 0) / at(row, row);
      }
      for (let row = size - 1; row >= 0; row--) {
        for (let k = row + 1; k < size; k++) x[row] = (x[row] ?? 0) - at(k, row) * (x[k] ?? 0);
        x[row] = (x[row] ?? 0) / at(row, row);
      }
      return x;
    },
  };
}
