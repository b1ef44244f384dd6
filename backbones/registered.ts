import { NAME } from '../runs/names.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import { computeFingerprint } from './fingerprint.js';
import { BackboneDamaged } from './model-file.js';
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

/** Names of the backbones that are registered in a store, in code point order; files of other names are not Graft's. */
export async function listRegisteredNames(store: ObjectStore): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { key } of store.list(keys.backboneRecords())) {
    const name = /^backbones\/([^/]+)\.json$/.exec(key)?.[1];
    if (name !== undefined && NAME.test(name)) names.push(name);
  }
  // The store's order is that of the keys, in which "vgg16-int8.json" comes before "vgg16.json".
  return names.sort();
}

/** Every backbone that is registered in a store, by name; for a record that does not read, the reason instead. */
export async function listBackbones(
  store: ObjectStore,
): Promise<readonly (RegisteredBackbone | BackboneDamaged)[]> {
  const found = await Promise.all(
    (await listRegisteredNames(store)).map((name) => findRegistered(store, name).catch(asDamage)),
  );
  return found.filter((record) => record !== undefined);
}

function asDamage(error: unknown): BackboneDamaged {
  if (error instanceof BackboneDamaged) return error;
  throw error;
}

export const withFingerprint = (record: BackboneRecord): RegisteredBackbone => ({
  ...record,
  fingerprint: computeFingerprint({ backbone: record.sha256, recipe: record.recipe }),
});
