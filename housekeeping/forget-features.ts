import type { Sha256 } from '../dataset/dataset.js';
import { indexFeatures } from '../features/feature-index.js';
import { scanFeatures } from '../features/scan-features.js';
import { refreshSegments } from '../features/segments.js';
import { shardName } from '../features/shard-name.js';
import { decodeShard } from '../parquet/decode-shard.js';
import { encodeShard } from '../parquet/encode-shard.js';
import { ShardDamaged } from '../parquet/shard.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import { dropFromSegments } from './drop-from-segments.js';
import { type ShardRewrite, planShardRewrites } from './plan-shard-rewrites.js';
import type { StoredFeatures } from './stored-features.js';

/**
 * Removes an image's features from every shard of a fingerprint; those of other images stay, bit for bit. Shards that do not
 * read go altogether, for they may hold it: their images are computed again.
 *
 * Successors are written before the shards go; killed at any byte, no other image has lost its feature.
 */
export async function forgetFeatures(
  store: ObjectStore,
  { fingerprint, damaged }: StoredFeatures,
  sha256: Sha256,
): Promise<void> {
  const { covered, uncovered, damaged: unreadable } = await scanFeatures(store, fingerprint);
  const rows = [...covered, ...uncovered];
  const rewrites = planShardRewrites(rows, sha256);
  const rowOf = indexFeatures(rows);
  const successors = new Set<Sha256>();
  // What the index says of a shard that is replaced under its own name would be wrong, so it forgets first.
  const old = new Set(rewrites.map(({ shard }) => shard));
  await dropFromSegments(store, fingerprint, (row) => row.sha256 === sha256 || old.has(row.shard));
  for (const rewrite of rewrites) {
    const name = await writeSuccessor(store, fingerprint, rewrite, (image) => rowOf.get(image)?.row ?? -1);
    if (name !== undefined) successors.add(name);
  }
  const doomed = [...rewrites.map(({ shard }) => shard), ...unreadable].filter(
    (name) => !successors.has(name),
  );
  for (const name of doomed) await store.delete(keys.shard(fingerprint, name));
  for (const { key } of damaged) await store.delete(key);
  if (rewrites.length > 0) await refreshSegments(store, fingerprint);
}

/** Writes what stays of a shard under the name that its images make; `undefined` where nothing does. */
async function writeSuccessor(
  store: ObjectStore,
  fingerprint: Sha256,
  { shard, keep }: ShardRewrite,
  rowOf: (image: Sha256) => number,
): Promise<Sha256 | undefined> {
  if (keep.length === 0) return undefined;
  const bytes = await readIfWhole(store, keys.shard(fingerprint, shard));
  if (bytes === undefined) return undefined;
  const { dimensions, matrix, metadata } = bytes;
  const rows = keep.map((sha256) => {
    const row = rowOf(sha256);
    return { sha256, vector: matrix.subarray(row * dimensions, (row + 1) * dimensions) };
  });
  const { 'graft.engine': engine = 'unknown', 'graft.engineVersion': engineVersion = 'unknown' } = metadata;
  const name = shardName(keep);
  const key = keys.shard(fingerprint, name);
  const body = await encodeShard({ rows, dimensions, fingerprint, engine, engineVersion });
  await store.putIfAbsent(key, body).catch((error: unknown) => {
    // Another shard of the same images, of which no feature counts: it is one of those that have to go.
    if (error instanceof ObjectConflict) return store.replace(key, body);
    throw error;
  });
  return name;
}

async function readIfWhole(store: ObjectStore, key: string) {
  try {
    return await decodeShard(await store.get(key));
  } catch (error) {
    if (error instanceof ShardDamaged) return undefined;
    throw error;
  }
}
