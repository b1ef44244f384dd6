import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import type { FoundPicture } from './findings.js';

export const foundPicture = ({ key, split, class: name, sha256 }: IndexRow): FoundPicture => ({
  key,
  split,
  class: name,
  sha256,
});

/** The picture of one of these rows. */
export function pictureAt(rows: readonly IndexRow[], at: number): FoundPicture {
  const row = rows[at];
  if (row === undefined) throw new RangeError(`Row ${at} does not exist: there are ${rows.length}.`);
  return foundPicture(row);
}

/** Rows by their file, files in the order of their first row. */
export function groupByFile(rows: readonly IndexRow[]): ReadonlyMap<Sha256, readonly IndexRow[]> {
  const files = new Map<Sha256, IndexRow[]>();
  for (const row of rows) {
    const those = files.get(row.sha256);
    if (those === undefined) files.set(row.sha256, [row]);
    else those.push(row);
  }
  return files;
}
