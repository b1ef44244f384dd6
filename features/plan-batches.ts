import { type IndexRow, SPLITS, type Sha256, type SplitName } from '../dataset/dataset.js';
import { type Batch, type BatchImage, batchId } from './batch.js';

/**
 * The batches that compute every feature that is still missing: each distinct image once, in the order of hashes.
 *
 * An image that several splits hold is computed with the first of them. Batches depend on the images' contents and splits
 * alone: labels, file names and the order of rows change nothing but which of several equal files is read.
 */
export function planBatches(
  rows: readonly IndexRow[],
  done: { has(sha256: Sha256): boolean },
  refused: { has(sha256: Sha256): boolean },
  batchSize: number,
): Batch[] {
  const seen = new Set<Sha256>();
  return SPLITS.flatMap((split) => {
    const images = rows
      .filter((row) => row.split === split && !done.has(row.sha256) && !refused.has(row.sha256))
      .map(({ sha256, key }) => ({ sha256, key }))
      .sort(byContentThenKey)
      .filter(({ sha256 }) => !seen.has(sha256) && seen.add(sha256));
    return cutBatches(split, images, batchSize);
  });
}

const byContentThenKey = (a: BatchImage, b: BatchImage): number =>
  compare(a.sha256, b.sha256) || compare(a.key, b.key);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function cutBatches(split: SplitName, images: readonly BatchImage[], batchSize: number): Batch[] {
  return Array.from({ length: Math.ceil(images.length / batchSize) }, (_, at) => ({
    id: batchId(split, at),
    split,
    images: images.slice(at * batchSize, (at + 1) * batchSize),
  }));
}
