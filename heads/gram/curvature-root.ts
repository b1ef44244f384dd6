import type { FitPart } from '../fit-parts.js';
import type { RowLosses } from '../row-losses.js';
import { type Cholesky, factorise } from './cholesky.js';

/**
 * A root E of the loss's second derivatives D by the scores, D = E · Eᵀ: for each row a square of outputs × outputs.
 * Everything is rows × outputs.
 */
export interface CurvatureRoot {
  /** E · values, in a new array. */
  apply(values: Float64Array): Float64Array;
  /** Eᵀ · values, in a new array. */
  applyTransposed(values: Float64Array): Float64Array;
  /** How much each row bends: the trace of its part of D. */
  readonly traces: Float64Array;
  /** The root of these rows alone. */
  select(rows: readonly number[]): CurvatureRoot;
}

/** One score: the root of a number. More: that of softmax, diag(√p) − p·√pᵀ, whose square is diag(p) − p·pᵀ. */
export function createCurvatureRoot(
  { loss: { outputs }, rowCosts }: FitPart,
  labels: ArrayLike<number>,
  losses: RowLosses,
  slopes: Float64Array,
): CurvatureRoot {
  if (outputs === 1) {
    const one = new Float64Array(1);
    return rootOfNumbers(
      rowCosts.map((_, row) => {
        one[0] = 1;
        losses.curve(row, one);
        return one[0];
      }),
    );
  }
  const probabilities = slopes.map((slope, at) => {
    const row = Math.floor(at / outputs);
    return Math.max(0, slope / (rowCosts[row] ?? 1) + (labels[row] === at % outputs ? 1 : 0));
  });
  return rootOfSoftmax(probabilities, rowCosts);
}

function rootOfNumbers(bends: Float64Array): CurvatureRoot {
  const roots = bends.map(Math.sqrt);
  const apply = (values: Float64Array) => values.map((value, at) => value * (roots[at] ?? 0));
  return {
    apply,
    applyTransposed: apply,
    traces: bends,
    select: (rows) => rootOfNumbers(pickRows(bends, rows, 1)),
  };
}

function rootOfSoftmax(probabilities: Float64Array, rowCosts: Float64Array): CurvatureRoot {
  const outputs = probabilities.length / rowCosts.length;
  const roots = probabilities.map(Math.sqrt);
  const costRoots = rowCosts.map(Math.sqrt);
  const applyBy = (left: Float64Array, right: Float64Array) => (values: Float64Array) => {
    const result = new Float64Array(values.length);
    for (let row = 0, at = 0; row < rowCosts.length; row++, at += outputs) {
      let along = 0;
      for (let k = at; k < at + outputs; k++) along += (right[k] ?? 0) * (values[k] ?? 0);
      for (let k = at; k < at + outputs; k++)
        result[k] = (costRoots[row] ?? 0) * ((roots[k] ?? 0) * (values[k] ?? 0) - (left[k] ?? 0) * along);
    }
    return result;
  };
  const bendOf = (p: number): number => p * (1 - p);
  return {
    apply: applyBy(probabilities, roots),
    applyTransposed: applyBy(roots, probabilities),
    traces: rowCosts.map((cost, row) =>
      probabilities
        .subarray(row * outputs, (row + 1) * outputs)
        .reduce((sum, p) => sum + cost * bendOf(p), 0),
    ),
    select: (rows) => rootOfSoftmax(pickRows(probabilities, rows, outputs), pickRows(rowCosts, rows, 1)),
  };
}

/** The values of these rows, `width` of each. */
export function pickRows(values: Float64Array, rows: readonly number[], width: number): Float64Array {
  const picked = new Float64Array(rows.length * width);
  rows.forEach((row, at) => {
    for (let k = 0; k < width; k++) picked[at * width + k] = values[row * width + k] ?? 0;
  });
  return picked;
}

/** Free intercepts, seen from the loss alone: what is best for them is known at once, whatever the coefficients do. */
export interface FreeIntercepts {
  /** Takes out of values of a root's kind what intercepts could do as well. */
  readonly project: (values: Float64Array) => Float64Array;
  /** Intercepts whose curvatures, summed over rows, are these sums. */
  solve(sums: Float64Array): Float64Array;
}

export function createFreeIntercepts(root: CurvatureRoot, rows: number, outputs: number): FreeIntercepts {
  const ofIntercepts = Array.from({ length: outputs }, (_, k) => {
    const unit = new Float64Array(rows * outputs);
    for (let row = 0; row < rows; row++) unit[row * outputs + k] = 1;
    return root.applyTransposed(unit);
  });
  const factor = factoriseCurvature(ofIntercepts, outputs);
  return {
    solve: (sums) => factor.solve(sums),
    project(values) {
      const along = factor.solve(Float64Array.from(ofIntercepts, (each) => dotOf(each, values)));
      const result = values.slice();
      ofIntercepts.forEach((each, k) => {
        const share = along[k] ?? 0;
        for (let at = 0; at < result.length; at++) result[at] = (result[at] ?? 0) - share * (each[at] ?? 0);
      });
      return result;
    },
  };
}

/** Softmax does not bend by a shift common to all intercepts; bending it there changes nothing else. */
function factoriseCurvature(ofIntercepts: readonly Float64Array[], outputs: number): Cholesky {
  const matrix = ofIntercepts.map((a) => Float64Array.from(ofIntercepts, (b) => dotOf(a, b)));
  const largest = Math.max(Number.MIN_VALUE, ...matrix.map((row, k) => row[k] ?? 0));
  return factorise(matrix.map((row) => row.map((value) => value + (outputs > 1 ? largest / outputs : 0))));
}

function dotOf(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
