import { createHash } from 'node:crypto';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { HEADER_RULES, MAX_PIXELS } from './image-header.js';
import { decodeListing, encodeListing, type ListedPicture } from './listing-file.js';
import { getIfThere, replaceIfOther } from './optional-object.js';
import type { PictureReading } from './picture-reading.js';
import type { DatasetSource, SourceFile } from './source.js';
import { MAX_FILE_BYTES } from './source-limits.js';

/** What a source's pictures were when they were read last, by path. */
export type ListedPictures = ReadonlyMap<string, ListedPicture>;

/** Which listing, and by which rules pictures are judged now. */
export interface ListingSubject {
  readonly store: ObjectStore;
  /** Name of the dataset. */
  readonly name: string;
  readonly source: DatasetSource;
  /** Most pixels of a picture. Default 100 megapixels. */
  readonly maxPixels?: number;
}

/**
 * Reads what the last call of {@link writeListed} left of this source. Empty where there is nothing, it is damaged, or
 * pictures were judged by other rules: a listing is derived data, and only spares reading.
 */
export async function readListed(subject: ListingSubject): Promise<ListedPictures> {
  const key = keyOf(subject);
  const bytes = key === undefined ? undefined : await getIfThere(subject.store, key);
  const listing = bytes === undefined ? undefined : await decodeListing(bytes);
  if (listing === undefined || listing.rules !== rulesOf(subject)) return new Map();
  return new Map(listing.pictures.map((picture) => [picture.path, picture]));
}

/** What reading the file gave, where it was read before and has not changed since. */
export function findListed(listed: ListedPictures, file: SourceFile): PictureReading | undefined {
  if (file.stamp === undefined) return undefined;
  const found = listed.get(file.path);
  return found?.stamp === file.stamp && found.bytes === file.size ? found : undefined;
}

/**
 * Keeps what reading the files gave, by path, for the next {@link readListed}; only of those whose stamp will tell a
 * change. Nothing is kept of a source without identity. To be called once the version is whole.
 */
export async function writeListed(
  subject: ListingSubject,
  files: Iterable<SourceFile>,
  readings: ReadonlyMap<string, PictureReading>,
): Promise<void> {
  const key = keyOf(subject);
  if (key === undefined) return;
  const pictures = [...files].flatMap((file) => listFile(file, readings.get(file.path)) ?? []);
  const listing = { source: subject.source.description, rules: rulesOf(subject), pictures };
  await replaceIfOther(subject.store, key, await encodeListing(listing));
}

function listFile(
  { path, size, stamp }: SourceFile,
  reading: PictureReading | undefined,
): ListedPicture | undefined {
  if (stamp === undefined || reading?.bytes !== size) return undefined;
  return { ...reading, path, stamp };
}

function keyOf({ name, source: { identity } }: ListingSubject): string | undefined {
  if (identity === undefined) return undefined;
  return keys.sourceListing(name, createHash('sha256').update(identity).digest('hex'));
}

const rulesOf = ({ maxPixels = MAX_PIXELS }: ListingSubject): string =>
  `${HEADER_RULES}, ${maxPixels} pixels, ${MAX_FILE_BYTES} bytes`;
