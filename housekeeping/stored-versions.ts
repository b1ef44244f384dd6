import type { Sha256 } from '../dataset/dataset.js';
import { readIndex } from '../dataset/dataset-store.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';

/** A version of a data set that has an index; whether it is whole, its manifest says. */
export interface StoredVersion {
  readonly dataset: string;
  readonly version: Sha256;
}

const INDEX = /^datasets\/([^/]+)\/versions\/([^/]+)\/index\.parquet$/;

/** Every version of every data set, half-written ones included: a run may be about to finish them. */
export async function listVersions(store: ObjectStore): Promise<readonly StoredVersion[]> {
  const versions: StoredVersion[] = [];
  for await (const { key } of store.list(keys.datasets())) {
    const [, dataset, version] = INDEX.exec(key) ?? [];
    if (dataset !== undefined && version !== undefined) versions.push({ dataset, version });
  }
  return versions;
}

/** Hashes of all images that some version holds. Throws `TableDamaged` where an index does not read. */
export async function readIndexedImages(
  store: ObjectStore,
  versions: readonly StoredVersion[],
): Promise<ReadonlySet<Sha256>> {
  const images = new Set<Sha256>();
  for (const { dataset, version } of versions)
    for (const { sha256 } of await readIndex(store, dataset, version)) images.add(sha256);
  return images;
}
