import { createHash } from 'node:crypto';
import type { Sha256 } from '../dataset/dataset.js';
import { decodeShard } from '../parquet/decode-shard.js';
import { ShardDamaged } from '../parquet/shard.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';

/**
 * Moves damaged shards to `features/<fingerprint>/damaged/`, before their images are computed again: a shard of the same
 * images has the same name, and a name is written once.
 *
 * Each is read once more first: somebody else may have put a good one in its place. Returns the names of those moved.
 */
export async function setAsideDamagedShards(
  store: ObjectStore,
  fingerprint: Sha256,
  names: readonly Sha256[],
): Promise<readonly Sha256[]> {
  const moved: Sha256[] = [];
  for (const name of names) {
    const key = keys.shard(fingerprint, name);
    const bytes = await readDamaged(store, key);
    if (bytes === undefined) continue;
    const content = createHash('sha256').update(bytes).digest('hex');
    await store.putIfAbsent(keys.damagedShard(fingerprint, name, content), bytes);
    await store.delete(key);
    moved.push(name);
  }
  return moved;
}

async function readDamaged(store: ObjectStore, key: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await store.get(key);
    return await decodeShard(bytes).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof ShardDamaged) return bytes;
        throw error;
      },
    );
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}
