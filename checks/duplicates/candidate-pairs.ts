import type { Neighbours } from '../neighbours/nearest-lists.js';

/** Two rows that may be near duplicates, the lower id first. */
export interface CandidatePair {
  readonly rows: readonly [number, number];
  /** Of their centred features, −1 to 1. */
  readonly cosine: number;
}

/** Less similar pictures are never copies of each other, whatever the backbone. */
const LEAST_COSINE = 0.3;

/**
 * Each pair of mutual neighbours once, the most similar first, ties by row. A copy is among the nearest of what was copied
 * and the other way round; a picture that many others have as a neighbour is not.
 */
export function pairNeighbours({ rows, k, ids, similarities }: Neighbours): CandidatePair[] {
  const pairs: CandidatePair[] = [];
  for (let row = 0; row < rows; row++)
    for (let at = row * k; at < (row + 1) * k; at++) {
      const other = ids[at] ?? -1;
      const cosine = similarities[at] ?? 0;
      if (row < other && cosine >= LEAST_COSINE && isListed(ids, other * k, k, row))
        pairs.push({ rows: [row, other], cosine });
    }
  return pairs.sort((a, b) => b.cosine - a.cosine || a.rows[0] - b.rows[0] || a.rows[1] - b.rows[1]);
}

/** Whether a row is in another's list. */
function isListed(ids: Int32Array, start: number, k: number, row: number): boolean {
  for (let at = start; at < start + k; at++) if (ids[at] === row) return true;
  return false;
}
