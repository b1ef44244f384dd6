import type { Sha256 } from '../dataset/dataset.js';
import { indexFeatures } from '../features/feature-index.js';
import type { SegmentRow } from '../features/segment-file.js';

/** A shard that has to go, and the images whose features go into its successor; there is none where they are none. */
export interface ShardRewrite {
  readonly shard: Sha256;
  readonly keep: readonly Sha256[];
}

/**
 * How shards are rewritten so that one image is in none of them and the feature that counts of every other stays the same.
 *
 * A successor has another name, and of an image's features that of the smallest name counts: where an image is in several
 * shards, another of its features would come to count. So shards that share images are rewritten together, each to the
 * features of it that count, and no image is left in two of them. Largest names first: deleted in this order, no shard is
 * gone while one with a larger name still competes.
 */
export function planShardRewrites(rows: readonly SegmentRow[], forgotten: Sha256): readonly ShardRewrite[] {
  const index = indexFeatures(rows);
  const imagesOf = group(rows, 'shard', 'sha256');
  const shardsOf = group(rows, 'sha256', 'shard');
  const reached = new Set(shardsOf.get(forgotten));
  // A set can grow while it is gone through.
  for (const shard of reached)
    for (const image of imagesOf.get(shard) ?? [])
      if (image !== forgotten) for (const other of shardsOf.get(image) ?? []) reached.add(other);
  return [...reached]
    .map((shard) => {
      const images = [...(imagesOf.get(shard) ?? [])];
      const keep = images.filter((image) => image !== forgotten && index.get(image)?.shard === shard);
      return { shard, keep, isWhole: keep.length === images.length };
    })
    .filter(({ isWhole }) => !isWhole)
    .map(({ shard, keep }) => ({ shard, keep }))
    .sort((a, b) => (a.shard < b.shard ? 1 : -1));
}

function group(
  rows: readonly SegmentRow[],
  by: 'sha256' | 'shard',
  what: 'sha256' | 'shard',
): ReadonlyMap<Sha256, ReadonlySet<Sha256>> {
  const groups = new Map<Sha256, Set<Sha256>>();
  for (const row of rows) groups.set(row[by], (groups.get(row[by]) ?? new Set()).add(row[what]));
  return groups;
}
