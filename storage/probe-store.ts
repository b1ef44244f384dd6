import { randomUUID } from 'node:crypto';
import { type ObjectStore, StoreRefused } from './object-store.js';

/** Writes, reads, lists and deletes one small object: what a run will do. Throws the sentence that says what is wrong. */
export async function probeStore(store: Omit<ObjectStore, 'check'>): Promise<void> {
  const key = `graft-probe-${randomUUID()}.txt`;
  const body = Buffer.from('Graft was here to see whether it can write. This file may be deleted.\n');
  await store.putIfAbsent(key, body);
  try {
    const found = await store.get(key);
    if (!body.equals(found))
      throw new StoreRefused(
        `The store ${store.url} gave back ${found.length} bytes other than the ${body.length} written to "${key}". Check the address: this may be no store at all.`,
      );
    if (!(await isListed(store, key)))
      throw new StoreRefused(
        `The store ${store.url} does not list "${key}", which was just written. Graft needs a store that lists what it holds.`,
      );
  } finally {
    await store.delete(key);
  }
}

async function isListed(store: Pick<ObjectStore, 'list'>, key: string): Promise<boolean> {
  for await (const object of store.list(key)) if (object.key === key) return true;
  return false;
}
