import { z } from 'zod';
import { decodeRows, encodeTable } from '../parquet/table.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import {
  type DatasetManifest,
  type IndexRow,
  type QuarantinedImage,
  type Sha256,
  SPLITS,
} from './dataset.js';
import { versionOf } from './dataset-version.js';
import { replaceIfOther } from './optional-object.js';

const INDEX_SCHEMA = {
  key: 'string',
  split: 'string',
  class: 'string',
  sha256: 'string',
  bytes: 'int64',
  width: 'int32',
  height: 'int32',
} as const;

const QUARANTINE_SCHEMA = {
  path: 'string',
  split: 'string',
  class: 'string',
  sha256: 'string',
  bytes: 'int64',
  reason: 'string',
} as const;

const splitName = z.enum(SPLITS);
const classCounts = z.record(z.string(), z.number().int().nonnegative());

const manifestSchema: z.ZodType<DatasetManifest> = z.object({
  name: z.string(),
  version: z.string(),
  classes: z.array(z.string()),
  positive: z.string(),
  counts: z.object({ training: classCounts, validation: classCounts, evaluation: classCounts }),
  images: z.number().int().nonnegative(),
  quarantined: z.number().int().nonnegative(),
  editedLabels: z.number().int().nonnegative().optional(),
  source: z.string(),
  licence: z.string(),
});

/** Everything about one version of a dataset. */
export interface DatasetVersion {
  readonly manifest: DatasetManifest;
  /** In canonical order. */
  readonly rows: readonly IndexRow[];
  readonly quarantined: readonly QuarantinedImage[];
}

/** Reads the index of a version, in canonical order. Throws `ObjectNotFound`, or `TableDamaged` where it is not one. */
export async function readIndex(store: ObjectStore, name: string, version: Sha256): Promise<IndexRow[]> {
  const rows = await decodeRows(INDEX_SCHEMA, await store.get(keys.datasetIndex(name, version)));
  return rows.map((row) => ({ ...row, split: splitName.parse(row.split) }));
}

/** Reads the images that were refused. Throws `ObjectNotFound`. */
export async function readQuarantine(
  store: ObjectStore,
  name: string,
  version: Sha256,
): Promise<QuarantinedImage[]> {
  const bytes = await store.get(keys.datasetQuarantine(name, version));
  const rows = await decodeRows(QUARANTINE_SCHEMA, bytes);
  return rows.map((row) => ({ ...row, split: splitName.parse(row.split) }));
}

/** Reads the manifest; it is written last, so that a version with one is whole. Throws `ObjectNotFound`. */
export async function readManifest(
  store: ObjectStore,
  name: string,
  version: Sha256,
): Promise<DatasetManifest> {
  const bytes = await store.get(keys.datasetManifest(name, version));
  return manifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/**
 * Writes a version: index, then quarantine, then manifest.
 *
 * The index is immutable. The other two hold what the version's hash does not cover (refused images, the source's
 * name), so that another source of the same pictures replaces them.
 */
export async function writeVersion(
  store: ObjectStore,
  { manifest, rows, quarantined }: DatasetVersion,
): Promise<void> {
  const { name, version } = manifest;
  await writeIndex(store, name, version, rows);
  const quarantine = await encodeTable(QUARANTINE_SCHEMA, quarantined);
  await replaceIfOther(store, keys.datasetQuarantine(name, version), quarantine);
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  await replaceIfOther(store, keys.datasetManifest(name, version), json);
}

/** An index that is there is compared by its rows: another release of Graft may encode the same rows to other bytes. */
async function writeIndex(
  store: ObjectStore,
  name: string,
  version: Sha256,
  rows: readonly IndexRow[],
): Promise<void> {
  const key = keys.datasetIndex(name, version);
  if ((await store.head(key)) === undefined) {
    await store.putIfAbsent(key, await encodeTable(INDEX_SCHEMA, rows));
    return;
  }
  const found = versionOf(await readIndex(store, name, version));
  if (found !== version)
    throw new ObjectConflict(
      `${key} in ${store.url} holds rows of version ${found}, expected ${version}; the object is damaged, delete it.`,
    );
}
