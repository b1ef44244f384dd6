import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';

/** Reads an object, `undefined` where there is none. */
export async function getIfThere(store: ObjectStore, key: string): Promise<Uint8Array | undefined> {
  try {
    return await store.get(key);
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}

/** Writes or replaces an object unless it holds these bytes already. */
export async function replaceIfOther(store: ObjectStore, key: string, body: Uint8Array): Promise<void> {
  const present = await getIfThere(store, key);
  if (present === undefined || Buffer.compare(present, body) !== 0) await store.replace(key, body);
}
