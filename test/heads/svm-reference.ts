import type { Matrix } from '../../heads/head.js';

export interface PlainSvm {
  readonly coef: readonly number[];
  readonly intercept: number;
}

/** The gradient, by coef and then intercept, of ½ ‖coef‖² + ½ intercept² + C Σ max(0, 1 − y · decision)², by the textbook. */
export function svmGradient(
  features: Matrix,
  labels: readonly number[],
  C: number,
  { coef, intercept }: PlainSvm,
): number[] {
  const point = [...coef, intercept];
  return rowsWithOne(features).reduce((gradient, row, at) => {
    const side = labels[at] === 1 ? 1 : -1;
    const lacking = Math.max(0, 1 - side * dot(row, point));
    return gradient.map((value, column) => value - 2 * C * side * lacking * (row[column] ?? 0));
  }, point);
}

/**
 * The same objective's minimum by Newton's method on the dense Hessian, with nothing centred, scaled or approximated: the
 * rows that lack margin decide a least-squares problem, and the minimum is where that problem's solution has the same.
 */
export function newtonSvm(features: Matrix, labels: readonly number[], C: number): PlainSvm {
  const rows = rowsWithOne(features);
  const sides = labels.map((label) => (label === 1 ? 1 : -1));
  let point: number[] = new Array<number>(features.columns + 1).fill(0);
  for (let iteration = 0; iteration < 100; iteration++) {
    const active = rows.flatMap((row, at) => (1 > (sides[at] ?? 0) * dot(row, point) ? [at] : []));
    const hessian = point.map((_, i) =>
      point.map(
        (__, j) =>
          Number(i === j) + 2 * C * sumOver(active, (at) => (rows[at]?.[i] ?? 0) * (rows[at]?.[j] ?? 0)),
      ),
    );
    const right = point.map(
      (_, i) => 2 * C * sumOver(active, (at) => (sides[at] ?? 0) * (rows[at]?.[i] ?? 0)),
    );
    const next = solve(hessian, right);
    const moved = Math.max(...next.map((value, i) => Math.abs(value - (point[i] ?? 0))));
    point = next;
    if (moved < 1e-12) return { coef: point.slice(0, -1), intercept: point.at(-1) ?? Number.NaN };
  }
  throw new Error('The reference did not converge.');
}

/** The share of Σ ‖row‖² that lies along the mean row: at most that of the top eigenvalue of the trace. */
export function meanShare({ rows, columns, data }: Matrix): number {
  const mean = Array.from({ length: columns }, (_, column) =>
    sumOver(range(rows), (row) => (data[row * columns + column] ?? 0) / rows),
  );
  const length = Math.hypot(...mean);
  const along = sumOver(range(rows), (row) => (dot([...data.subarray(row * columns)], mean) / length) ** 2);
  return along / data.reduce((sum, value) => sum + value * value, 0);
}

const rowsWithOne = ({ rows, columns, data }: Matrix): number[][] =>
  range(rows).map((row) => [...data.subarray(row * columns, (row + 1) * columns), 1]);

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] ?? 0]);
  const size = right.length;
  for (let column = 0; column < size; column++) {
    const below = rows.slice(column).sort((a, b) => Math.abs(b[column] ?? 0) - Math.abs(a[column] ?? 0));
    rows.splice(column, below.length, ...below);
    const pivot = rows[column] ?? [];
    for (let at = 0; at < size; at++) {
      const row = rows[at] ?? [];
      const factor = at === column ? 0 : (row[column] ?? 0) / (pivot[column] ?? 0);
      if (factor !== 0) rows[at] = row.map((value, each) => value - factor * (pivot[each] ?? 0));
    }
  }
  return rows.map((row, at) => (row[size] ?? 0) / (row[at] ?? 0));
}

const range = (length: number): number[] => Array.from({ length }, (_, at) => at);
const sumOver = (places: readonly number[], of: (at: number) => number): number =>
  places.reduce((sum, at) => sum + of(at), 0);
const dot = (a: readonly number[], b: readonly number[]): number =>
  sumOver(range(b.length), (at) => (a[at] ?? 0) * (b[at] ?? 0));
