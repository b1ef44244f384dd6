import type { ObjectStore, StoredObject } from '../storage/object-store.js';

/** Every object under a prefix, at once, in the byte order of their keys. */
export async function listObjects(store: ObjectStore, prefix: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of store.list(prefix)) objects.push(object);
  return objects;
}
