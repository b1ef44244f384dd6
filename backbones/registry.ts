import { createHash } from 'node:crypto';
import { BadInput } from '../errors/graft-error.js';
import { NAME, NAME_RULE } from '../runs/names.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import type { Backbone } from './backbone.js';
import { BACKBONE_NAMES, findBundled } from './bundled.js';
import type { BackboneDraft } from './draft.js';
import { BackboneDamaged, readModelFile } from './model-file.js';
import { type BackboneRecord, type BackboneTest, type RegisteredBackbone, encodeRecord } from './record.js';
import { findRegistered, listRegisteredNames, withFingerprint } from './registered.js';
import { unknownBackbone } from './resolver.js';

export { BACKBONE_NAMES } from './bundled.js';
export type { BackboneTest, RegisteredBackbone } from './record.js';
export { findRegistered, listBackbones, listRegisteredNames } from './registered.js';
export { createBackboneLookup, createBackboneResolver, readNetwork } from './resolver.js';

/**
 * Finds a bundled backbone by name and checks its file; `createBackboneResolver` knows the registered ones, too.
 *
 * @throws BadInput for another name; BackboneDamaged where the file is missing or is another one.
 */
export async function resolveBackbone(name: string): Promise<Backbone> {
  const bundled = findBundled(name);
  if (bundled === undefined)
    throw new BadInput(
      `backbone: expected one of ${BACKBONE_NAMES.join(', ')}; received ${JSON.stringify(name)}.`,
    );
  await readModelFile(bundled);
  return bundled;
}

/** The record of a registered backbone. Throws `BadInput` for a name that is not registered, `BackboneDamaged`. */
export async function readBackboneRecord(store: ObjectStore, name: string): Promise<RegisteredBackbone> {
  const record = await findRegistered(store, name);
  if (record === undefined) throw await unknownBackbone(store, name);
  return record;
}

/** What became of a draft. */
export interface Registration {
  /** `present`: the same network had the name already. */
  readonly outcome: 'registered' | 'present';
  readonly backbone: RegisteredBackbone;
}

/**
 * Registers a network under its name: the bytes first, the record last, so that a record that is there can be used. May
 * run twice, at once, or be killed at any byte; where bytes were lost, registering the same network again restores them.
 *
 * @throws BadInput for a name that is no name, is bundled, or stands for another network in this store.
 */
export async function registerBackbone(store: ObjectStore, draft: BackboneDraft): Promise<Registration> {
  assertFreeName(draft.name);
  const record = recordOf(draft);
  const bytes = encodeRecord(record);
  const before = await findRegistered(store, draft.name);
  if (before !== undefined) assertSameNetwork(store, before, record);
  await store.putIfAbsent(keys.backboneNetwork(record.sha256), draft.onnx);
  if (before !== undefined) return { outcome: 'present', backbone: before };
  try {
    await store.putIfAbsent(keys.backboneRecord(draft.name), bytes);
    return { outcome: 'registered', backbone: withFingerprint(record) };
  } catch (error) {
    if (!(error instanceof ObjectConflict)) throw error;
    // Somebody else took the name in this moment.
    const there = await readBackboneRecord(store, draft.name);
    assertSameNetwork(store, there, record);
    return { outcome: 'present', backbone: there };
  }
}

/**
 * Whether a network is registered under its name already. Throws `BadInput` where the name stands for another one: before
 * a test that takes long.
 */
export async function isRegistered(store: ObjectStore, draft: BackboneDraft): Promise<boolean> {
  const there = await findRegistered(store, draft.name);
  if (there !== undefined) assertSameNetwork(store, there, recordOf(draft));
  return there !== undefined;
}

function recordOf(draft: BackboneDraft): BackboneRecord {
  const { onnx, precision = 'float32', quantisedFrom, name, title, dimensions, inputSize } = draft;
  const { recipe, licence, origin } = draft;
  const sha256 = createHash('sha256').update(onnx).digest('hex');
  const optional = quantisedFrom === undefined ? {} : { quantisedFrom };
  return { name, title, sha256, dimensions, inputSize, recipe, licence, origin, precision, ...optional };
}

/** Throws `BadInput` for what cannot be a registered backbone's name: before an import that takes minutes. */
export function assertFreeName(name: string): void {
  if (!NAME.test(name))
    throw new BadInput(`backbone: expected a name ${NAME_RULE}; received ${JSON.stringify(name)}.`);
  if (findBundled(name) !== undefined)
    throw new BadInput(`The backbone ${JSON.stringify(name)} comes with Graft. Choose another name.`);
}

function assertSameNetwork(store: ObjectStore, there: RegisteredBackbone, wanted: BackboneRecord): void {
  const { fingerprint } = withFingerprint(wanted);
  if (there.fingerprint === fingerprint) return;
  throw new BadInput(
    `The name ${JSON.stringify(there.name)} stands for another network in ${store.url} already (${there.title}, from ` +
      `${there.origin}, fingerprint ${there.fingerprint.slice(0, 12)}; this one has ${fingerprint.slice(0, 12)}). ` +
      `Remove that one first (graft backbone remove ${there.name}) or choose another name.`,
  );
}

/**
 * Removes a backbone's record, and its network unless another record uses it. Its features stay: who adds the same
 * network again finds them. A record that does not read is removed, too; then the network stays.
 *
 * @throws BadInput for a bundled name, or one that is not registered.
 */
export async function removeBackbone(store: ObjectStore, name: string): Promise<void> {
  if (findBundled(name) !== undefined)
    throw new BadInput(`The backbone ${JSON.stringify(name)} comes with Graft and cannot be removed.`);
  const names = await listRegisteredNames(store);
  if (!names.includes(name)) throw await unknownBackbone(store, name);
  const used = await Promise.all(names.map((each) => networkOf(store, each)));
  const own = used[names.indexOf(name)];
  await store.delete(keys.backboneRecord(name));
  const isShared = used.filter((sha256) => sha256 === own).length > 1;
  // A record that does not read may use any network.
  if (own !== undefined && !isShared && !used.includes(undefined))
    await store.delete(keys.backboneNetwork(own));
}

/** SHA-256 of the network of a record; `undefined` where the record does not read. */
async function networkOf(store: ObjectStore, name: string): Promise<string | undefined> {
  try {
    return (await findRegistered(store, name))?.sha256;
  } catch (error) {
    if (error instanceof BackboneDamaged) return undefined;
    throw error;
  }
}

/**
 * Keeps what `graft backbone test` found in the record of the network that was tested.
 *
 * @param fingerprint of the network that was tested
 * @throws BadInput where the name stands for another network by now.
 */
export async function recordBackboneTest(
  store: ObjectStore,
  name: string,
  fingerprint: string,
  test: BackboneTest,
): Promise<void> {
  const { fingerprint: found, ...record } = await readBackboneRecord(store, name);
  if (found !== fingerprint)
    throw new BadInput(`The backbone ${JSON.stringify(name)} was replaced during its test. Test it again.`);
  await store.replace(keys.backboneRecord(name), encodeRecord({ ...record, test }));
}
