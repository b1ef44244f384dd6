import type { Sha256 } from '../dataset/dataset.js';
import { listObjects } from '../features/list-objects.js';
import { type SegmentRow, decodeSegment } from '../features/segment-file.js';
import { writeSegment } from '../features/segments.js';
import { TableDamaged } from '../parquet/table.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';

/**
 * Makes a fingerprint's index forget some rows, before their shards are deleted. Segments with such rows are replaced by one
 * with what else they hold; the successor is written before they go, and one that does not read goes, too.
 *
 * Segments are derived data: killed at any byte, the next run reads the shards that none covers.
 */
export async function dropFromSegments(
  store: ObjectStore,
  fingerprint: Sha256,
  isDropped: (row: SegmentRow) => boolean,
): Promise<void> {
  const affected: string[] = [];
  const kept: SegmentRow[] = [];
  for (const { key } of await listObjects(store, keys.segments(fingerprint))) {
    const rows = await readSegment(store, key);
    const others = rows?.filter((row) => !isDropped(row)) ?? [];
    if (others.length === rows?.length) continue;
    affected.push(key);
    kept.push(...others);
  }
  const successor = kept.length === 0 ? undefined : await writeSegment(store, fingerprint, kept);
  for (const key of affected) if (key !== successor) await store.delete(key);
}

async function readSegment(store: ObjectStore, key: string): Promise<readonly SegmentRow[] | undefined> {
  try {
    return await decodeSegment(await store.get(key));
  } catch (error) {
    if (error instanceof TableDamaged) return undefined;
    // A run has merged it meanwhile.
    if (error instanceof ObjectNotFound) return [];
    throw error;
  }
}
