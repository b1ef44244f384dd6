import { createHash } from 'node:crypto';
import type { IndexRow, Sha256 } from '../../dataset/dataset.js';
import { shardName } from '../../features/shard-name.js';
import { encodeShard } from '../../parquet/encode-shard.js';
import type { ShardRow } from '../../parquet/shard.js';
import { keys } from '../../storage/keys.js';
import type { ObjectStore } from '../../storage/object-store.js';

export const FINGERPRINT: Sha256 = 'f'.repeat(64);
export const DIMENSIONS = 3;

/** The hash of an image that is nothing but its name. */
export const imageHash = (image: string): Sha256 => createHash('sha256').update(image).digest('hex');

/** A feature that says which image it belongs to; `salt` stands for another machine's rounding. */
export const featureOf = (image: string, salt = 0): Float32Array =>
  Float32Array.of(Number.parseInt(imageHash(image).slice(0, 6), 16), image.length, salt);

export const indexRow = (image: string, more: Partial<IndexRow> = {}): IndexRow => ({
  key: `datasets/food/images/training/food/${image}.jpg`,
  split: 'training',
  class: 'food',
  sha256: imageHash(image),
  bytes: 10,
  width: 1,
  height: 1,
  ...more,
});

/** Stores a shard of these images as an extraction would; returns its name. */
export async function storeShard(store: ObjectStore, images: readonly string[], salt = 0): Promise<Sha256> {
  const rows: ShardRow[] = images.map((image) => ({
    sha256: imageHash(image),
    vector: featureOf(image, salt),
  }));
  const origin = { fingerprint: FINGERPRINT, engine: 'onnx-cpu', engineVersion: 'test' };
  const name = shardName(rows.map((row) => row.sha256));
  await store.putIfAbsent(
    keys.shard(FINGERPRINT, name),
    await encodeShard({ ...origin, rows, dimensions: DIMENSIONS }),
  );
  return name;
}
