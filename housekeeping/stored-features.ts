import type { Sha256 } from '../dataset/dataset.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore, StoredObject } from '../storage/object-store.js';

/** What lies under one fingerprint. */
export interface StoredFeatures {
  readonly fingerprint: Sha256;
  /** Shards by their names. */
  readonly shards: ReadonlyMap<Sha256, StoredObject>;
  /** Shards that were set aside. */
  readonly damaged: readonly StoredObject[];
  /** Refusals and crashes: `….<image>.json`. */
  readonly quarantine: readonly StoredObject[];
}

/** Every fingerprint of a store, by one listing. */
export async function listFeatures(store: ObjectStore): Promise<readonly StoredFeatures[]> {
  const found = new Map<Sha256, ReturnType<typeof nothingOf>>();
  for await (const object of store.list(keys.features())) {
    const [, fingerprint, folder = '', file] = object.key.split('/');
    if (fingerprint === undefined || file === undefined) continue;
    const features = found.get(fingerprint) ?? nothingOf(fingerprint);
    found.set(fingerprint, features);
    if (folder === 'shards' && file.endsWith('.parquet'))
      features.shards.set(file.slice(0, -'.parquet'.length), object);
    if (folder === 'damaged') features.damaged.push(object);
    if (folder === 'quarantine' || folder === 'crashed') features.quarantine.push(object);
  }
  return [...found.values()];
}

const nothingOf = (fingerprint: Sha256) => ({
  fingerprint,
  shards: new Map<Sha256, StoredObject>(),
  damaged: [] as StoredObject[],
  quarantine: [] as StoredObject[],
});
