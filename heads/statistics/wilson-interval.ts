import { type Interval, TWO_SIDED_95 } from './interval.js';

/**
 * Wilson's score interval for a share, 95 % by default (E. B. Wilson, JASA 22, 1927): unlike the textbook's ± it stays
 * within 0 and 1 and has a width also where every row is a hit. `null` without rows.
 *
 *     wilsonInterval(989, 1000); // the interval of an accuracy: { lower: 0.9804, upper: 0.9938 }
 */
export function wilsonInterval(hits: number, rows: number, z = TWO_SIDED_95): Interval | null {
  if (!(Number.isInteger(hits) && Number.isInteger(rows) && hits >= 0 && hits <= rows))
    throw new RangeError(`Expected whole numbers, hits from 0 to the rows, received ${hits} of ${rows}.`);
  if (rows === 0) return null;
  const share = hits / rows;
  const centre = share + z ** 2 / (2 * rows);
  const half = z * Math.sqrt((share * (1 - share)) / rows + (z / (2 * rows)) ** 2);
  const scale = 1 + z ** 2 / rows;
  return {
    // Rounding shall not put the ends beyond the share that they are about.
    lower: hits === 0 ? 0 : (centre - half) / scale,
    upper: hits === rows ? 1 : (centre + half) / scale,
  };
}
