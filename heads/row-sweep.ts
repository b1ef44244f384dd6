import type { Matrix } from './head.js';

/** Linear functions of a row: `weights[k] · row + offsets[k]`. */
export interface LinearFunctions {
  readonly weights: readonly Float64Array[];
  readonly offsets: Float64Array;
}

/** Σ over rows of factor[k] · row, and of factor[k] alone. */
export interface FactorSums {
  readonly rows: readonly Float64Array[];
  readonly factors: Float64Array;
}

/**
 * The one pass over the features that all of training is made of: for each row computes its scores, lets `visit` turn
 * them into factors in place, and adds the row, times its factors, to the sums.
 *
 * Reads the float32 features as they are and accumulates in float64; each row is read once and stays in the cache. Adds to
 * `sums` where they are given.
 */
export function sweepRows(
  features: Matrix,
  functions: LinearFunctions,
  visit: (row: number, scores: Float64Array) => void,
  sums = noSums(functions),
): FactorSums {
  const { rows, columns, data } = features;
  const { weights, offsets } = functions;
  const scores = new Float64Array(weights.length);
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * columns, (row + 1) * columns);
    weights.forEach((weight, k) => (scores[k] = (offsets[k] ?? 0) + dotRow(weight, vector)));
    visit(row, scores);
    sums.rows.forEach((sum, k) => {
      const factor = scores[k] ?? 0;
      addRow(sum, factor, vector);
      sums.factors[k] = (sums.factors[k] ?? 0) + factor;
    });
  }
  return sums;
}

/** The sums over no rows. */
export const noSums = ({ weights }: LinearFunctions): FactorSums => ({
  rows: weights.map(({ length }) => new Float64Array(length)),
  factors: new Float64Array(weights.length),
});

/** Four partial sums, because a single one would wait for each addition before the next. */
function dotRow(weight: Float64Array, vector: Float32Array): number {
  const whole = vector.length - (vector.length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < whole; at += 4) {
    a += (vector[at] ?? 0) * (weight[at] ?? 0);
    b += (vector[at + 1] ?? 0) * (weight[at + 1] ?? 0);
    c += (vector[at + 2] ?? 0) * (weight[at + 2] ?? 0);
    d += (vector[at + 3] ?? 0) * (weight[at + 3] ?? 0);
  }
  for (let at = whole; at < vector.length; at++) a += (vector[at] ?? 0) * (weight[at] ?? 0);
  return a + b + (c + d);
}

/** sum += factor · vector, unrolled like the dot product. */
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
