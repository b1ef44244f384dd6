import type { Sha256 } from '../dataset/dataset.js';
import { type FeatureIndex, indexFeatures } from '../features/feature-index.js';
import { loadFeatures } from '../features/load-features.js';
import { scanFeatures } from '../features/scan-features.js';
import { GraftError } from '../errors/graft-error.js';
import { decodeShard } from '../parquet/decode-shard.js';
import { keys } from '../storage/keys.js';
import { type ObjectStore, StoreUnavailable } from '../storage/object-store.js';
import { type AgeGuard, type Garbage, isOld } from './garbage.js';
import type { StoredFeatures } from './stored-features.js';

interface ShardCriteria extends AgeGuard {
  /** Images that some version of a data set holds; `undefined` where that cannot be known now. */
  readonly indexed: ReadonlySet<Sha256> | undefined;
}

/**
 * Old shards of one fingerprint that nobody needs.
 *
 * `superseded`: for every image of the shard, another old shard has the feature that counts (that of the smallest shard
 * name), and it was read just now: what receipts are about does not change. `unreferenced`: no image of the shard is in
 * any version. Whatever does not read, or is not what the index says, stays.
 */
export async function findShardGarbage(
  store: ObjectStore,
  { fingerprint, shards }: StoredFeatures,
  { indexed, ...guard }: ShardCriteria,
): Promise<readonly Garbage[]> {
  const { covered, uncovered } = await scanFeatures(store, fingerprint);
  const index = indexFeatures(covered, uncovered);
  const garbage: Garbage[] = [];
  for (const [name, images] of groupByShard([...covered, ...uncovered])) {
    const object = shards.get(name);
    if (object === undefined || !isOld(object, guard)) continue;
    const isUnreferenced = indexed !== undefined && !images.some((image) => indexed.has(image));
    const winners = [...new Set(images.map((image) => index.get(image)?.shard ?? name))];
    const isSuperseded = winners.every((winner) => winner !== name && isOld(shards.get(winner) ?? {}, guard));
    if (!isUnreferenced && !isSuperseded) continue;
    if (!(await holdsNoMore(store, keys.shard(fingerprint, name), images))) continue;
    if (!isUnreferenced && !(await canBeRead(store, fingerprint, index, images))) continue;
    const kind = isUnreferenced ? 'unreferenced' : 'superseded';
    garbage.push({ kind, name: object.key, size: object.size, shard: { fingerprint, name } });
  }
  return garbage;
}

function groupByShard(
  rows: readonly { readonly shard: Sha256; readonly sha256: Sha256 }[],
): ReadonlyMap<Sha256, readonly Sha256[]> {
  const groups = new Map<Sha256, Sha256[]>();
  for (const { shard, sha256 } of rows) {
    const images = groups.get(shard) ?? [];
    images.push(sha256);
    groups.set(shard, images);
  }
  return groups;
}

/** Whether a shard holds these images and no others: the index is derived data, and deleting trusts nothing but the shard. */
async function holdsNoMore(store: ObjectStore, key: string, images: readonly Sha256[]): Promise<boolean> {
  const known = new Set(images);
  return succeeds(async () => {
    const { hashes } = await decodeShard(await store.get(key));
    return hashes.every((sha256) => known.has(sha256));
  });
}

/** Whether the features that count instead are really there. */
const canBeRead = (
  store: ObjectStore,
  fingerprint: Sha256,
  index: FeatureIndex,
  images: readonly Sha256[],
): Promise<boolean> =>
  succeeds(async () => (await loadFeatures(store, fingerprint, index, images)).rows === images.length);

/** `false` where something is damaged or gone; a store that does not answer is no reason to guess. */
async function succeeds(check: () => Promise<boolean>): Promise<boolean> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof GraftError && !(error instanceof StoreUnavailable)) return false;
    throw error;
  }
}
