import { createHash } from 'node:crypto';
import { byCodePoint } from './code-point-order.js';
import type { IndexRow, Sha256 } from './dataset.js';

/**
 * Index rows in their canonical order: by key, in code points; of rows with one key (the same bytes, split, class and
 * name, twice in a source) one.
 */
export function sortRows(rows: readonly IndexRow[]): IndexRow[] {
  const sorted = [...rows].sort((a, b) => byCodePoint(a.key, b.key));
  return sorted.filter((row, at) => row.key !== sorted[at - 1]?.key);
}

/**
 * The version of a dataset: SHA-256 over its rows in canonical order, each as one line of JSON,
 * `[key,split,class,sha256,bytes,width,height]`, ended by a line feed, in UTF-8.
 */
export function versionOf(rows: readonly IndexRow[]): Sha256 {
  const hash = createHash('sha256');
  for (const row of sortRows(rows))
    hash.update(
      `${JSON.stringify([row.key, row.split, row.class, row.sha256, row.bytes, row.width, row.height])}\n`,
    );
  return hash.digest('hex');
}
