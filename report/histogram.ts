/** Bins of equal width from 0 to 1. An even number: 0.5 lies between two bins, not inside one. */
export const BINS = 20;

/** Counts of scores per bin; a score on a border belongs to the bin above it, 1 to the last one. */
export function histogram(scores: readonly number[]): readonly number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const score of scores) {
    // Rounded first: 0.15 · 20 is 2.9999999999999996 in binary, yet 0.15 is the border of the fourth bin.
    const bin = Math.min(Math.max(Math.floor(Number((score * BINS).toFixed(9))), 0), BINS - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
