import { createHash } from 'node:crypto';
import type { Sha256, SplitName } from '../dataset/dataset.js';
import { readIndex, readQuarantine } from '../dataset/dataset-store.js';
import { scanFeatures } from '../features/scan-features.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import { type StoredFeatures, listFeatures } from './stored-features.js';
import { type ListingTrace, datasetOfListing, findListedPaths } from './stored-listings.js';
import { type StoredVersion, listVersions } from './stored-versions.js';

/** A version that knows an image. */
export interface VersionTrace extends StoredVersion {
  /** Rows of its index. */
  readonly rows: number;
  /** The split of each row. */
  readonly splits: readonly SplitName[];
  /** Paths under which it was refused before the index. */
  readonly refused: readonly string[];
}

/** Everything of a store that is about one image, but for runs. */
export interface ImageTraces {
  readonly sha256: Sha256;
  /** Keys of the pictures themselves. */
  readonly pictures: readonly string[];
  readonly versions: readonly VersionTrace[];
  /** By fingerprint: how many shards hold its feature. */
  readonly features: readonly { readonly fingerprint: Sha256; readonly shards: number }[];
  /** Keys of refusals and records of crashes. */
  readonly quarantine: readonly string[];
  /** Listings of sources that name it, and those that do not read. */
  readonly listings: readonly ListingTrace[];
}

type Growing = {
  -readonly [Name in keyof ImageTraces]: ImageTraces[Name] extends readonly (infer Item)[]
    ? Item[]
    : ImageTraces[Name];
};

/** Finds what a store holds of every image whose hash begins so: at least 12 digits. Throws `TableDamaged`. */
export async function findTraces(store: ObjectStore, beginning: string): Promise<readonly ImageTraces[]> {
  const traces = new Map<Sha256, Growing>();
  const of = (sha256: Sha256): Growing => {
    const found = traces.get(sha256) ?? nothingAbout(sha256);
    traces.set(sha256, found);
    return found;
  };
  for (const version of await listVersions(store)) await traceVersion(store, version, beginning, of);
  for (const features of await listFeatures(store)) await traceFeatures(store, features, beginning, of);
  const unreadable = await traceObjects(store, beginning, of);
  for (const { listings } of traces.values()) listings.push(...unreadable);
  return [...traces.values()];
}

const nothingAbout = (sha256: Sha256): Growing => ({
  ...{ sha256, pictures: [], versions: [], features: [], quarantine: [], listings: [] },
});

type TraceOf = (sha256: Sha256) => Growing;

async function traceVersion(
  store: ObjectStore,
  { dataset, version }: StoredVersion,
  beginning: string,
  of: TraceOf,
): Promise<void> {
  const rows = (await readIndex(store, dataset, version)).filter(({ sha256 }) =>
    sha256.startsWith(beginning),
  );
  const refused = (await readRefused(store, dataset, version)).filter(({ sha256 }) =>
    sha256.startsWith(beginning),
  );
  for (const sha256 of new Set([...rows, ...refused].map((image) => image.sha256))) {
    const own = rows.filter((row) => row.sha256 === sha256);
    const paths = refused.filter((image) => image.sha256 === sha256).map(({ path }) => path);
    const trace = of(sha256);
    const splits = own.map(({ split }) => split);
    trace.versions.push({ dataset, version, rows: own.length, splits, refused: paths });
    for (const { key } of own)
      if (!trace.pictures.includes(key) && (await store.head(key)) !== undefined) trace.pictures.push(key);
  }
}

async function readRefused(store: ObjectStore, dataset: string, version: Sha256) {
  try {
    return await readQuarantine(store, dataset, version);
  } catch (error) {
    // A version that a run did not finish.
    if (error instanceof ObjectNotFound) return [];
    throw error;
  }
}

async function traceFeatures(
  store: ObjectStore,
  { fingerprint, quarantine }: StoredFeatures,
  beginning: string,
  of: TraceOf,
): Promise<void> {
  const { covered, uncovered } = await scanFeatures(store, fingerprint);
  const shards = new Map<Sha256, Set<Sha256>>();
  for (const { sha256, shard } of [...covered, ...uncovered]) {
    if (!sha256.startsWith(beginning)) continue;
    shards.set(sha256, (shards.get(sha256) ?? new Set()).add(shard));
  }
  for (const [sha256, holding] of shards) of(sha256).features.push({ fingerprint, shards: holding.size });
  for (const { key } of quarantine) {
    const sha256 = key.slice(key.lastIndexOf('/') + 1, -'.json'.length);
    if (sha256.startsWith(beginning)) of(sha256).quarantine.push(key);
  }
}

/** What no index leads to, by one listing of the store; gives the listings of sources that do not read. */
async function traceObjects(
  store: ObjectStore,
  beginning: string,
  of: TraceOf,
): Promise<readonly ListingTrace[]> {
  const unreadable: ListingTrace[] = [];
  for await (const { key } of store.list(keys.datasets())) {
    if (key.split('/')[2] === 'images') await tracePicture(store, key, beginning, of);
    const dataset = datasetOfListing(key);
    if (dataset === undefined) continue;
    const listed = await findListedPaths(store, key, beginning);
    if (listed === undefined) unreadable.push({ dataset, key, paths: [] });
    for (const [sha256, paths] of listed ?? []) of(sha256).listings.push({ dataset, key, paths });
  }
  return unreadable;
}

/** The names of pictures begin the hash, their bytes tell the rest. */
async function tracePicture(store: ObjectStore, key: string, beginning: string, of: TraceOf): Promise<void> {
  if (!key.includes(`.${beginning.slice(0, 12)}.`)) return;
  const sha256 = createHash('sha256')
    .update(await store.get(key))
    .digest('hex');
  if (!sha256.startsWith(beginning)) return;
  const { pictures } = of(sha256);
  if (!pictures.includes(key)) pictures.push(key);
}
