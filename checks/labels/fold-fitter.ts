import type { FitPool } from '../../heads/fit-pool.js';
import type { GramThread } from '../../heads/gram/gram-thread.js';
import type { Head, HeadSettings, Matrix } from '../../heads/head.js';
import { describeColumns } from '../../heads/column-statistics.js';

/** Fits logistic regression to rows of the features, with their labels. */
export type FoldFitter = (
  rows: readonly number[],
  labels: readonly number[],
  classes: readonly string[],
) => Promise<Head>;

/** Fits on threads, each with a copy of its rows: where there are more rows than columns. */
export function fitByPool(features: Matrix, pool: FitPool, signal?: AbortSignal): FoldFitter {
  const settings = settingsFor(features);
  return (rows, labels, classes) => pool.fit(takeRows(features, rows), labels, classes, settings, { signal });
}

/** Fits from the rows' inner products: where there are fewer rows than columns. `thread` is over all rows of `features`. */
export function fitByGram(features: Matrix, thread: GramThread, signal?: AbortSignal): FoldFitter {
  const settings = settingsFor(features);
  return async (rows, labels, classes) => {
    const [head] = await thread.fitEach('logistic-regression', labels, classes, [settings], { rows, signal });
    if (head === undefined) throw new TypeError('A fit gave no head.');
    return head;
  };
}

/** C of features whose mean squared distance from their mean is 1. */
export const STRENGTH = 10;

/**
 * C = 10 / mean‖x − μ‖², whatever the scale of a backbone's features: strong enough not to learn wrong labels by heart. The
 * tolerance is loose, for what counts is an order.
 */
function settingsFor(features: Matrix): HeadSettings {
  const { variance } = describeColumns(features, new Float64Array(features.rows).fill(1));
  const spread = variance.reduce((sum, each) => sum + each, 0);
  return { C: spread > 0 ? STRENGTH / spread : 1, classWeight: 'none', tol: 1e-2, maxIterations: 100 };
}

/** A copy of these rows. */
export function takeRows({ columns, data }: Matrix, rows: readonly number[]): Matrix {
  const taken = new Float32Array(rows.length * columns);
  rows.forEach((row, at) => {
    taken.set(data.subarray(row * columns, (row + 1) * columns), at * columns);
  });
  return { rows: rows.length, columns, data: taken };
}
