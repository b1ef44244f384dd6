import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import type { Sha256 } from '../dataset/dataset.js';
import { decodeShard } from '../parquet/decode-shard.js';
import { ShardDamaged } from '../parquet/shard.js';
import { TableDamaged } from '../parquet/table.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import { listObjects } from './list-objects.js';
import { type SegmentRow, decodeSegment } from './segment-file.js';

/** Segments and shards read at once; a shard may take tens of megabytes. */
const CONCURRENT_READS = 4;

/** What lies under one fingerprint, as segments and shards tell it. */
export interface ScannedFeatures {
  /** One row per feature, duplicates included. */
  readonly covered: readonly SegmentRow[];
  /** Likewise, of shards that no segment covers. */
  readonly uncovered: readonly SegmentRow[];
  /** Keys of the segments. */
  readonly segments: readonly string[];
  /** Names of the shards that do not read: their images count as not computed. */
  readonly damaged: readonly Sha256[];
  /** Images that a segment knows in a shard that is gone or has another size; some may have a feature elsewhere. */
  readonly gone: ReadonlySet<Sha256>;
}

/** Reads every segment, and only the shards that no segment covers. */
export async function scanFeatures(store: ObjectStore, fingerprint: Sha256): Promise<ScannedFeatures> {
  const limit = pLimit(CONCURRENT_READS);
  // Segments before shards: a shard that comes in between is uncovered, which costs time and loses nothing.
  const segments = (await listObjects(store, keys.segments(fingerprint))).map(({ key }) => key);
  const sizes = await listShards(store, fingerprint);

  const known = (await limit.map(segments, (key) => readSegment(store, key))).flat();
  const isThere = ({ shard, shardBytes }: SegmentRow): boolean => sizes.get(shard) === shardBytes;
  const covered = known.filter(isThere);
  const coveredShards = new Set(covered.map(({ shard }) => shard));

  const open = [...sizes].filter(([shard]) => !coveredShards.has(shard));
  const read = await limit.map(open, ([shard]) => indexShard(store, fingerprint, shard));
  return {
    covered,
    uncovered: read.flatMap((rows) => rows ?? []),
    segments,
    damaged: open.filter((_, at) => read[at] === undefined).map(([shard]) => shard),
    gone: new Set(known.filter((row) => !isThere(row)).map(({ sha256 }) => sha256)),
  };
}

/** Sizes of the shards by their names. */
async function listShards(store: ObjectStore, fingerprint: Sha256): Promise<ReadonlyMap<Sha256, number>> {
  const prefix = keys.shards(fingerprint);
  const sizes = new Map<Sha256, number>();
  for (const { key, size } of await listObjects(store, prefix)) {
    const name = key.slice(prefix.length, -'.parquet'.length);
    if (key === keys.shard(fingerprint, name)) sizes.set(name, size);
  }
  return sizes;
}

/** A segment's rows; none where it is gone (merged meanwhile) or damaged: its shards are read instead. */
export async function readSegment(store: ObjectStore, key: string): Promise<readonly SegmentRow[]> {
  try {
    return await decodeSegment(await store.get(key));
  } catch (error) {
    if (error instanceof ObjectNotFound || error instanceof TableDamaged) return [];
    throw error;
  }
}

/** A segment's rows for one shard; `undefined` where the shard is damaged. */
async function indexShard(
  store: ObjectStore,
  fingerprint: Sha256,
  shard: Sha256,
): Promise<readonly SegmentRow[] | undefined> {
  const bytes = await store.get(keys.shard(fingerprint, shard));
  try {
    const { hashes, dimensions, matrix } = await decodeShard(bytes);
    return hashes.map((sha256, row) => {
      const featureSha256 = hashFeature(matrix.subarray(row * dimensions, (row + 1) * dimensions));
      return { sha256, shard, row, featureSha256, shardBytes: bytes.byteLength };
    });
  } catch (error) {
    if (error instanceof ShardDamaged) return undefined;
    throw error;
  }
}

/** SHA-256 of a vector's bytes, little-endian float32. */
export function hashFeature(vector: Float32Array): Sha256 {
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}
