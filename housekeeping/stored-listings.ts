import type { Sha256 } from '../dataset/dataset.js';
import { decodeListing, encodeListing } from '../dataset/listing-file.js';
import { getIfThere } from '../dataset/optional-object.js';
import type { ObjectStore } from '../storage/object-store.js';

/** A source's listing that knows an image, or may know it. */
export interface ListingTrace {
  readonly dataset: string;
  readonly key: string;
  /** Paths of the image in the source; none where the listing does not read. */
  readonly paths: readonly string[];
}

const LISTING = /^datasets\/([^/]+)\/sources\/[^/]+\.jsonl$/;

/** The dataset whose source an object lists; `undefined` for other objects. */
export const datasetOfListing = (key: string): string | undefined => LISTING.exec(key)?.[1];

/** Paths of the images whose hash begins so, by hash; `undefined` where the listing does not read. */
export async function findListedPaths(
  store: ObjectStore,
  key: string,
  beginning: string,
): Promise<ReadonlyMap<Sha256, readonly string[]> | undefined> {
  const bytes = await getIfThere(store, key);
  if (bytes === undefined) return new Map();
  const listing = await decodeListing(bytes);
  if (listing === undefined) return undefined;
  const pictures = listing.pictures.filter(({ sha256 }) => sha256.startsWith(beginning));
  const found = new Map<Sha256, string[]>();
  for (const { sha256, path } of pictures) found.set(sha256, [...(found.get(sha256) ?? []), path]);
  return found;
}

/** Has a listing know nothing of an image. One that does not read goes: it may know it, and is derived data. */
export async function forgetInListing(store: ObjectStore, key: string, sha256: Sha256): Promise<void> {
  const bytes = await getIfThere(store, key);
  if (bytes === undefined) return;
  const listing = await decodeListing(bytes);
  if (listing === undefined) return store.delete(key);
  const pictures = listing.pictures.filter((picture) => picture.sha256 !== sha256);
  if (pictures.length === listing.pictures.length) return;
  await store.replace(key, await encodeListing({ ...listing, pictures }));
}
