/** Both ends of a confidence interval. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** The normal distribution's quantile of a two-sided 95 % interval. */
export const TWO_SIDED_95 = 1.959963984540054;

/** The normal distribution's quantile of a one-sided 95 % bound. */
export const ONE_SIDED_95 = 1.6448536269514722;

/**
 * The value below which `share` (0 to 1) of the numbers lie, between two of them by straight line: NumPy's default,
 * Hyndman and Fan's type 7. `sorted` ascends; `NaN` where it is empty.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
