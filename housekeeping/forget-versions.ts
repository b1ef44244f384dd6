import type { Sha256 } from '../dataset/dataset.js';
import {
  type DatasetVersion,
  readIndex,
  readManifest,
  readQuarantine,
  writeVersion,
} from '../dataset/dataset-store.js';
import { versionOf } from '../dataset/dataset-version.js';
import { writeSuccessor } from '../dataset/successor.js';
import { classesOf, countClasses } from '../dataset/trainable.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { readLastRun } from '../runs/last-run.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { VersionTrace } from './image-traces.js';

/**
 * Writes a version without an image: under a new name where the index holds it, for rows make the name; under its own where
 * it was refused before. `registry/<dataset>/last.json` then points at the new one, and `successors/` says
 * that it took the old one's place: models that were trained on that one still tell what they learnt from.
 *
 * The old version stays for {@link removeVersion}. A version that no run finished has no successor, nor has an empty one.
 */
export async function writeVersionWithout(
  store: ObjectStore,
  { dataset, version, rows }: VersionTrace,
  sha256: Sha256,
): Promise<Sha256 | undefined> {
  const successor = await readWithout(store, dataset, version, sha256);
  const name = successor?.manifest.version;
  const isThere = name !== version && name !== undefined && (await isWhole(store, dataset, name));
  if (successor !== undefined && !isThere) await writeVersion(store, successor);
  if (rows > 0 && name !== undefined) await writeSuccessor(store, dataset, version, name);
  if (rows > 0) await repointLastRun(store, dataset, version, name);
  return name;
}

/** Removes a version: its manifest first, for a version with one is whole; its index last. */
export async function removeVersion(store: ObjectStore, { dataset, version }: VersionTrace): Promise<void> {
  await store.delete(keys.datasetManifest(dataset, version));
  await store.delete(keys.datasetQuarantine(dataset, version));
  await store.delete(keys.datasetIndex(dataset, version));
}

const isWhole = async (store: ObjectStore, dataset: string, version: Sha256): Promise<boolean> =>
  (await store.head(keys.datasetManifest(dataset, version))) !== undefined;

async function readWithout(
  store: ObjectStore,
  dataset: string,
  version: Sha256,
  sha256: Sha256,
): Promise<DatasetVersion | undefined> {
  if (!(await isWhole(store, dataset, version))) return undefined;
  const manifest = await readManifest(store, dataset, version);
  const rows = (await readIndex(store, dataset, version)).filter((row) => row.sha256 !== sha256);
  const refused = await readQuarantine(store, dataset, version);
  const quarantined = refused.filter((image) => image.sha256 !== sha256);
  const classes = classesOf(rows);
  const [last] = classes.slice(-1);
  if (last === undefined) return undefined;
  const positive = classes.includes(manifest.positive) ? manifest.positive : last;
  const counted = { counts: countClasses(rows), images: rows.length, quarantined: quarantined.length };
  return {
    manifest: { ...manifest, version: versionOf(rows), classes, positive, ...counted },
    rows,
    quarantined,
  };
}

/**
 * Has the last run point at a version that is there. Its content hash goes: no later run's lineage equals this one's, so that
 * none keeps the head that was trained with the picture.
 */
async function repointLastRun(
  store: ObjectStore,
  dataset: string,
  version: Sha256,
  successor: Sha256 | undefined,
): Promise<void> {
  const last = await readLastRun(store, dataset);
  const lineage = last?.lineage;
  if (typeof lineage !== 'object' || lineage === null || !('version' in lineage)) return;
  if (lineage.version !== version) return;
  const key = keys.lastRun(dataset);
  if (successor === undefined) return store.delete(key);
  const repointed = { ...last, lineage: { ...lineage, version: successor, contentHash: '' } };
  await store.replace(key, Buffer.from(canonicalJson(repointed)));
}
