import type { Neighbours } from './neighbours/nearest-lists.js';

/** How many deviations a row lies above the median before it counts: of normal distances one in a thousand does. */
const DEVIATIONS = 3;
/** Turns the median absolute deviation into the standard deviation of a normal distribution. */
const TO_DEVIATION = 1.4826;

export interface OutlyingRows {
  /** Distance above which a row is one. */
  readonly limit: number;
  /** Farthest first. */
  readonly rows: readonly { readonly row: number; readonly distance: number }[];
}

/**
 * Rows that lie apart from all others: by their mean distance (1 − cosine) to their nearest neighbours (Angiulli and
 * Pizzuti, "Fast outlier detection in high dimensional spaces", 2002), more than three robust deviations above the median
 * (Iglewicz and Hoaglin, 1993). The measure knows no classes: a class of few pictures is none.
 */
export function findOutliers({ rows, k, similarities }: Neighbours): OutlyingRows {
  const distances = Float64Array.from({ length: rows }, (_, row) => {
    const known = similarities.subarray(row * k, (row + 1) * k).filter(Number.isFinite);
    return known.length === 0 ? 1 : 1 - known.reduce((sum, cosine) => sum + cosine, 0) / known.length;
  });
  const centre = median(distances);
  const deviation = TO_DEVIATION * median(distances.map((distance) => Math.abs(distance - centre)));
  const limit = centre + DEVIATIONS * deviation;
  const outlying = Array.from(distances, (distance, row) => ({ row, distance })).filter(
    ({ distance }) => distance > limit,
  );
  return { limit, rows: outlying.sort((a, b) => b.distance - a.distance || a.row - b.row) };
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
