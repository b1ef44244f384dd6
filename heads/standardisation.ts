import { type ColumnStatistics, describeColumns } from './column-statistics.js';
import type { Matrix } from './head.js';
import type { FactorSums, LinearFunctions } from './row-sweep.js';
import { dot } from './vectors.js';

/**
 * Columns as scikit-learn's `StandardScaler` makes them, (column − mean) / scale, without making them: linear functions
 * of standardised rows and sums over them are worked out from those of the rows as they are.
 */
export interface Standardisation {
  readonly mean: Float64Array;
  /** Standard deviation; 1 for a constant column. */
  readonly scale: Float64Array;
}

/** Learns means and scales from all rows, counted alike whatever their weights in a fit. */
export function standardisationOf(features: Matrix): Standardisation {
  const { mean, variance } = describeColumns(features, new Float64Array(features.rows).fill(1));
  return { mean, scale: variance.map((value) => (value === 0 ? 1 : Math.sqrt(value))) };
}

/**
 * Statistics of the standardised columns; their rows may count otherwise, and so their means differ from 0. That of a
 * constant column does not, and rounding shall not say otherwise.
 */
export function standardiseStatistics(
  { mean, scale }: Standardisation,
  columns: ColumnStatistics,
): ColumnStatistics {
  return {
    mean: columns.mean.map((value, at) =>
      columns.variance[at] === 0 ? 0 : (value - (mean[at] ?? 0)) / (scale[at] ?? 1),
    ),
    variance: columns.variance.map((value, at) => value / (scale[at] ?? 1) ** 2),
  };
}

/** The functions of raw rows that equal these of standardised rows. */
export function foldStandardisation(
  { mean, scale }: Standardisation,
  functions: LinearFunctions,
): LinearFunctions {
  const weights = functions.weights.map((weight) => weight.map((value, at) => value / (scale[at] ?? 1)));
  const offsets = functions.offsets.map((offset, k) => offset - dot(weights[k] ?? EMPTY, mean));
  return { weights, offsets };
}

/** The sums over standardised rows, from those over raw rows. */
export function standardiseSums({ mean, scale }: Standardisation, sums: FactorSums): FactorSums {
  const rows = sums.rows.map((row, k) => {
    const factor = sums.factors[k] ?? 0;
    return row.map((value, at) => (value - factor * (mean[at] ?? 0)) / (scale[at] ?? 1));
  });
  return { rows, factors: sums.factors };
}

const EMPTY = new Float64Array(0);
