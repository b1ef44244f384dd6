import { createHash } from 'node:crypto';
import type { Sha256 } from '../dataset/dataset.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { type FeatureIndex, indexFeatures } from './feature-index.js';
import { scanFeatures } from './scan-features.js';
import { type SegmentRow, encodeSegment } from './segment-file.js';

/** More segments than this are merged into one. */
const MOST_SEGMENTS = 16;

export interface RefreshedIndex {
  readonly features: FeatureIndex;
  /** Names of the shards that do not read. */
  readonly damaged: readonly Sha256[];
  /** Images whose shard is gone; some may have a feature elsewhere. */
  readonly gone: ReadonlySet<Sha256>;
}

/**
 * Covers the shards that no segment covers yet by one new segment, and merges segments when they have become many.
 *
 * Segments are derived data: two processes that do this at once leave one too many, and deleting them all costs the time
 * to read every shard again. The merged ones go only when their successor is written.
 */
export async function refreshSegments(store: ObjectStore, fingerprint: Sha256): Promise<RefreshedIndex> {
  const { covered, uncovered, segments, damaged, gone } = await scanFeatures(store, fingerprint);
  const merge = segments.length + (uncovered.length > 0 ? 1 : 0) > MOST_SEGMENTS;
  if (merge) {
    const merged = await writeSegment(store, fingerprint, withoutRepeats([...covered, ...uncovered]));
    for (const key of segments) if (key !== merged) await store.delete(key);
  } else if (uncovered.length > 0) await writeSegment(store, fingerprint, uncovered);
  return { features: indexFeatures(covered, uncovered), damaged, gone };
}

/** Stores a segment of these rows; gives its key. */
export async function writeSegment(
  store: ObjectStore,
  fingerprint: Sha256,
  rows: readonly SegmentRow[],
): Promise<string> {
  const bytes = await encodeSegment(rows);
  const key = keys.segment(fingerprint, createHash('sha256').update(bytes).digest('hex'));
  await store.putIfAbsent(key, bytes);
  return key;
}

/** Two processes may have covered one shard by a segment each. */
const withoutRepeats = (rows: readonly SegmentRow[]): SegmentRow[] => [
  ...new Map(rows.map((row) => [`${row.shard} ${row.row}`, row])).values(),
];
