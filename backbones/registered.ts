import { NAME } from '../runs/names.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import { computeFingerprint } from './fingerprint.js';
import { type BackboneRecord, type RegisteredBackbone, decodeRecord } from './record.js';

/** The record of a registered backbone; `undefined` where the store has none. Throws `BackboneDamaged`. */
export async function findRegistered(
  store: ObjectStore,
  name: string,
): Promise<RegisteredBackbone | undefined> {
  if (!NAME.test(name)) return undefined;
  try {
    return withFingerprint(decodeRecord(name, await store.get(keys.backboneRecord(name))));
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}

/** Names of the backbones that are registered in a store, in code point order. */
export async function listRegisteredNames(store: ObjectStore): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { key } of store.list(keys.backboneRecords())) {
    const name = /^backbones\/([^/]+)\.json$/.exec(key)?.[1];
    if (name !== undefined) names.push(name);
  }
  return names;
}

/** Every backbone that is registered in a store. Throws `BackboneDamaged` where a record does not read. */
export async function listBackbones(store: ObjectStore): Promise<readonly RegisteredBackbone[]> {
  const found = await Promise.all(
    (await listRegisteredNames(store)).map((name) => findRegistered(store, name)),
  );
  return found.filter((record) => record !== undefined);
}

export const withFingerprint = (record: BackboneRecord): RegisteredBackbone => ({
  ...record,
  fingerprint: computeFingerprint({ backbone: record.sha256, recipe: record.recipe }),
});
