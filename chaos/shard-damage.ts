import { readFile, writeFile } from 'node:fs/promises';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { decodeShard } from '../parquet/decode-shard.js';

/** A shard that was damaged on purpose. */
export interface DamagedShard {
  readonly key: string;
  /** SHA-256 of the pictures whose features it held. */
  readonly pictures: readonly string[];
}

/** Keys of all shards of a store, in the order of their names. */
export async function listShards(store: ObjectStore): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(keys.features()))
    if (/^features\/[0-9a-f]{64}\/shards\/[0-9a-f]{64}\.parquet$/.test(key)) found.push(key);
  return found;
}

/** The whole shard at `aim` (from 0 to below 1) of all, or else the next one. Undefined where none is whole. */
export async function findWholeShard(store: ObjectStore, aim: number): Promise<string | undefined> {
  const all = await listShards(store);
  const first = Math.floor(aim * all.length);
  for (const key of [...all.slice(first), ...all.slice(0, first)]) if (await isWhole(store, key)) return key;
  return undefined;
}

/** Turns one bit of a shard in place, or cuts off its end, as a bad disk would: no store is asked. */
export async function damageShard(
  store: ObjectStore,
  key: string,
  how: 'flip' | 'cut',
): Promise<DamagedShard> {
  const path = store.fileOf?.(key);
  if (path === undefined) throw new TypeError(`expected a store in a folder, received ${store.url}`);
  const bytes = await readFile(path);
  const { hashes } = await decodeShard(bytes);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(path, how === 'flip' ? bytes : bytes.subarray(0, middle));
  return { key, pictures: hashes };
}

/** Whether a shard is there and reads. */
export async function isWhole(store: ObjectStore, key: string): Promise<boolean> {
  try {
    await decodeShard(await store.get(key));
    return true;
  } catch {
    return false;
  }
}

/** How many pictures of damaged shards have a feature in no other shard: a batch that was halved may lie there twice. */
export async function countLostPictures(
  store: ObjectStore,
  damaged: readonly DamagedShard[],
): Promise<number> {
  const lost = new Set(damaged.flatMap(({ pictures }) => pictures));
  for (const key of await listShards(store)) {
    if (damaged.some((shard) => shard.key === key)) continue;
    const { hashes } = await decodeShard(await store.get(key));
    for (const picture of hashes) lost.delete(picture);
  }
  return lost.size;
}
