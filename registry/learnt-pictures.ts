import type { Sha256 } from '../dataset/dataset.js';
import { readIndex } from '../dataset/dataset-store.js';
import { followSuccessors } from '../dataset/successor.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';

/**
 * Hashes of the pictures that a model was trained or tuned on: the training and validation rows of its data set's version;
 * `undefined` where nobody can tell, for the version is gone.
 *
 * Where `graft forget` has put another version in its place, that one tells: it lacks nothing but forgotten pictures.
 */
export async function readLearntPictures(
  store: ObjectStore,
  dataset: string,
  version: Sha256,
): Promise<ReadonlySet<Sha256> | undefined> {
  for await (const each of followSuccessors(store, dataset, version)) {
    const rows = await readIfThere(store, dataset, each);
    if (rows !== undefined)
      return new Set(rows.flatMap(({ split, sha256 }) => (split === 'evaluation' ? [] : [sha256])));
  }
  return undefined;
}

async function readIfThere(store: ObjectStore, dataset: string, version: Sha256) {
  try {
    return await readIndex(store, dataset, version);
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}
