import { makeGreyThumbnail } from './grey-thumbnail.js';
import type { ThumbnailOf } from './find-near-duplicates.js';

/** Thumbnails kept: 2.3 kB each. */
const MOST_KEPT = 20_000;

/** Makes each row's thumbnail when it is first asked for, and keeps it as long as there is room. */
export function keepThumbnails(readPicture: (row: number) => Promise<Uint8Array>): ThumbnailOf {
  const kept = new Map<number, ReturnType<ThumbnailOf>>();
  return (row) => {
    const found = kept.get(row);
    if (found !== undefined) return found;
    const made = readPicture(row).then(makeGreyThumbnail);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(row, made);
    return made;
  };
}
