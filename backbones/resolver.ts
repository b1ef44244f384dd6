import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Sha256 } from '../dataset/dataset.js';
import { hashFile } from '../dataset/download-checks.js';
import { BadInput } from '../errors/graft-error.js';
import { NAME } from '../runs/names.js';
import { createFileStore } from '../storage/file-store.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import type { Backbone, BackboneDescription } from './backbone.js';
import { BACKBONE_NAMES, findBundled } from './bundled.js';
import { BackboneDamaged, readModelFile } from './model-file.js';
import type { RegisteredBackbone } from './record.js';
import { findRegistered, listRegisteredNames } from './registered.js';

export interface ResolverDeps {
  readonly store: ObjectStore;
  /** Networks are kept under `<cacheFolder>/backbones/<sha256>.onnx` on this machine. */
  readonly cacheFolder: string;
}

/**
 * Looks backbones up by name, bundled ones first, and moves no network: for those who only need to know its fingerprint.
 * Throws `BadInput` for a name that nobody knows, `BackboneDamaged` for a record that does not read.
 */
export function createBackboneLookup(store: ObjectStore): (name: string) => Promise<BackboneDescription> {
  return async (name) => findBundled(name) ?? describe(await requireRegistered(store, name));
}

/**
 * Finds backbones by name and has their networks on this machine: bundled ones in the package, registered ones fetched
 * from the store once, checked by their SHA-256 at each call, and fetched again where the file is gone or damaged.
 *
 * @throws BadInput for a name that nobody knows; BackboneDamaged where a record or a network is not what it should be.
 */
export function createBackboneResolver({ store, cacheFolder }: ResolverDeps) {
  const folder = join(cacheFolder, 'backbones');
  const fetching = new Map<Sha256, Promise<void>>();
  return async (name: string): Promise<Backbone> => {
    const bundled = findBundled(name);
    if (bundled !== undefined) {
      await readModelFile(bundled);
      return bundled;
    }
    const record = await requireRegistered(store, name);
    const file = join(folder, `${record.sha256}.onnx`);
    if ((await hashFile(file).catch(() => undefined)) !== record.sha256) await fetchOnce(record);
    return { ...describe(record), file };
  };

  /** Batches that start at once wait for one download. */
  async function fetchOnce(record: RegisteredBackbone): Promise<void> {
    const { sha256 } = record;
    const under = fetching.get(sha256) ?? fetchNetwork(store, record, folder);
    fetching.set(sha256, under);
    try {
      await under;
    } finally {
      fetching.delete(sha256);
    }
  }
}

async function requireRegistered(store: ObjectStore, name: string): Promise<RegisteredBackbone> {
  const record = await findRegistered(store, name);
  if (record !== undefined) return record;
  throw await unknownBackbone(store, name);
}

/** How many registered names a message holds. */
const MOST_NAMES = 20;

/** The sentence about a name that is neither bundled nor registered. */
export async function unknownBackbone(store: ObjectStore, name: string): Promise<BadInput> {
  const names = await listRegisteredNames(store);
  const registered =
    names.length === 0
      ? `none is registered in ${store.url}`
      : `registered in ${store.url}: ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ', …' : ''}`;
  return new BadInput(
    `backbone: expected one of ${BACKBONE_NAMES.join(', ')} (bundled; ${registered}); received ` +
      `${JSON.stringify(name)}. Register it first: ${commandFor(name)}.`,
  );
}

/** Weights of VGG are fetched by themselves; any other network is a file that the user has. */
function commandFor(name: string): string {
  if (!NAME.test(name)) return 'graft backbone add --help shows how';
  return /^vgg1[69](-|$)/.test(name)
    ? `graft backbone add ${name}`
    : `graft backbone add ${name} --onnx file.onnx`;
}

/** Written in one piece and in its turn: who reads the file at any moment finds all of it or none. */
async function fetchNetwork(store: ObjectStore, record: RegisteredBackbone, folder: string): Promise<void> {
  const bytes = await readNetwork(store, record);
  await createFileStore(folder).replace(`${record.sha256}.onnx`, bytes);
}

/** The ONNX file of a registered backbone, from the store. Throws `BackboneDamaged` where it is gone or another one. */
export async function readNetwork(
  store: ObjectStore,
  { name, sha256 }: Pick<RegisteredBackbone, 'name' | 'sha256'>,
): Promise<Uint8Array> {
  const key = keys.backboneNetwork(sha256);
  const mend = `Add it again: graft backbone remove ${name}, then graft backbone add.`;
  const bytes = await store.get(key).catch((cause: unknown) => {
    if (!(cause instanceof ObjectNotFound)) throw cause;
    throw new BackboneDamaged(`The network of backbone "${name}" is not in the store (${key}). ${mend}`, {
      cause,
    });
  });
  const received = createHash('sha256').update(bytes).digest('hex');
  if (received === sha256) return bytes;
  throw new BackboneDamaged(
    `The network of backbone "${name}" is damaged in the store: ${key} has SHA-256 ${received}. ${mend}`,
  );
}

function describe(record: RegisteredBackbone): BackboneDescription {
  const { name, title, sha256, dimensions, inputSize, recipe, licence, precision, fingerprint } = record;
  return { name, title, sha256, dimensions, inputSize, recipe, licence, precision, fingerprint };
}
