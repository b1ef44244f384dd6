import type { Neighbours } from '../neighbours/nearest-lists.js';
import { type Likeness, compareAligned } from './align-thumbnails.js';
import { type CandidatePair, pairNeighbours } from './candidate-pairs.js';
import { coarseLikeness } from './coarse-likeness.js';
import type { GreyThumbnail } from './grey-thumbnail.js';

/** Two pictures that show the same, by their features and by their thumbnails. */
export interface NearDuplicates extends CandidatePair, Likeness {}

export interface NearDuplicateSearch {
  /** Most similar first. */
  readonly pairs: readonly NearDuplicates[];
  /** Pairs whose thumbnails were compared. */
  readonly compared: number;
}

/** The thumbnail of a row; `undefined` where its picture does not decode. */
export type ThumbnailOf = (row: number) => Promise<GreyThumbnail | undefined>;

/** What a pair has to reach. Copies that were cropped by 2 % a side, re-encoded and shrunk reach 0.95 and 0.86. */
const LEAST_COARSE = 0.5;
const LEAST_LAYOUT = 0.9;
const LEAST_DETAIL = 0.8;

/** How many pairs may be refused: so many, and one for so many rows. */
const REFUSED = 100;
const ROWS_FOR_ONE = 32;

/** Pairs whose pictures are decoded at once. */
const AT_ONCE = 8;

/**
 * Near duplicates among mutual nearest neighbours: the most similar pairs first, each verified by its thumbnails, until so
 * many were refused that copies would have come before. So time grows with the rows and with what is found, whatever a
 * backbone's cosines are like.
 */
export async function findNearDuplicates(
  neighbours: Neighbours,
  thumbnailOf: ThumbnailOf,
  signal?: AbortSignal,
): Promise<NearDuplicateSearch> {
  const candidates = pairNeighbours(neighbours);
  const mostRefused = REFUSED + Math.ceil(neighbours.rows / ROWS_FOR_ONE);
  const pairs: NearDuplicates[] = [];
  let compared = 0;
  while (compared < candidates.length && compared - pairs.length < mostRefused) {
    signal?.throwIfAborted();
    const some = candidates.slice(compared, compared + AT_ONCE);
    const verified = await Promise.all(some.map((pair) => verifyPair(pair, thumbnailOf)));
    pairs.push(...verified.flatMap((pair) => pair ?? []));
    compared += some.length;
  }
  return { pairs, compared };
}

async function verifyPair(
  pair: CandidatePair,
  thumbnailOf: ThumbnailOf,
): Promise<NearDuplicates | undefined> {
  const [a, b] = await Promise.all(pair.rows.map(thumbnailOf));
  const likeness = a === undefined || b === undefined ? undefined : likenessOfCopies(a, b);
  return likeness && { ...pair, ...likeness };
}

/** How equal two thumbnails are that show the same; `undefined` where they do not. */
export function likenessOfCopies(a: GreyThumbnail, b: GreyThumbnail): Likeness | undefined {
  if (coarseLikeness(a, b) < LEAST_COARSE) return undefined;
  const likeness = compareAligned(a, b);
  return likeness.layout >= LEAST_LAYOUT && likeness.detail >= LEAST_DETAIL ? likeness : undefined;
}
