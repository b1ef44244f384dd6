import type { Sha256 } from '../dataset/dataset.js';
import type { ObjectStore } from '../storage/object-store.js';
import { scanFeatures } from './scan-features.js';
import type { SegmentRow } from './segment-file.js';

/** Where an image's feature is. */
export interface FeaturePlace {
  /** Name of the shard. */
  readonly shard: Sha256;
  readonly row: number;
  /** SHA-256 of the vector's bytes, little-endian float32. */
  readonly featureSha256: Sha256;
}

/** By image hash. */
export type FeatureIndex = ReadonlyMap<Sha256, FeaturePlace>;

/** Every feature of a fingerprint. Damaged shards count as absent. */
export async function loadFeatureIndex(store: ObjectStore, fingerprint: Sha256): Promise<FeatureIndex> {
  const { covered, uncovered } = await scanFeatures(store, fingerprint);
  return indexFeatures(covered, uncovered);
}

/** The index of rows in any order: of an image's several features that of the smallest shard name wins. */
export function indexFeatures(...rows: readonly (readonly SegmentRow[])[]): FeatureIndex {
  const index = new Map<Sha256, FeaturePlace>();
  for (const { sha256, shard, row, featureSha256 } of rows.flat()) {
    const there = index.get(sha256);
    if (there === undefined || shard < there.shard || (shard === there.shard && row < there.row))
      index.set(sha256, { shard, row, featureSha256 });
  }
  return index;
}
