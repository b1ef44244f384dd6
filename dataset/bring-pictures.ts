import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { CorrectedLabels } from './corrections/corrected-labels.js';
import type { IndexRow, QuarantinedImage } from './dataset.js';
import { inParallel } from './in-parallel.js';
import type { PlacedPicture } from './layout.js';
import { type PictureReading, readPicture } from './picture-reading.js';
import { type Place, placePicture } from './place-picture.js';
import { count } from './quote.js';
import type { SourceFile } from './source.js';
import { MAX_FILE_BYTES } from './source-limits.js';
import type { ListedPictures } from './source-listing.js';
import { splitByHash, type SplitSettings } from './split-by-hash.js';
import { takeListed } from './take-listed.js';

/** Counts of pictures so far. */
export interface BringProgress {
  readonly done: number;
  readonly total: number;
  readonly quarantined: number;
  readonly written: number;
  readonly present: number;
  readonly unread: number;
}

export interface BringOptions {
  readonly store: ObjectStore;
  /** Name of the dataset. */
  readonly name: string;
  /** For pictures whose layout has no splits. */
  readonly splitSettings: SplitSettings;
  /** Labels that stand above the source's own. Default: none. */
  readonly corrections?: CorrectedLabels | undefined;
  /** What the pictures were before; what has not changed since is not read again. Default: nothing is known. */
  readonly listed?: ListedPictures;
  /** Pictures in flight, and so in memory. Default 16. */
  readonly concurrency?: number;
  /** Most pixels of a picture. Default 100 megapixels. */
  readonly maxPixels?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once for the pictures that need not be read, then after every other. */
  readonly onProgress?: ((progress: BringProgress) => void) | undefined;
}

/** What became of the pictures, in no particular order. */
export interface BroughtPictures {
  readonly rows: readonly IndexRow[];
  readonly quarantined: readonly QuarantinedImage[];
  /** Pictures put into the store by this call. */
  readonly written: number;
  /** Pictures that were there before. */
  readonly present: number;
  /** Pictures, refused ones included, that were not read because they are listed. */
  readonly unread: number;
  /** What reading them gave, now or before, by path; nothing of files too large to be read. */
  readonly readings: ReadonlyMap<string, PictureReading>;
}

interface Outcome {
  readonly path: string;
  readonly place: Place;
  /** Absent of a file too large to be read. */
  readonly reading?: PictureReading;
  /** Default `present`. */
  readonly put?: 'written' | 'present';
}

/**
 * Reads each placed picture from `files` (by path), hashes it, reads its header and puts it into the store unless it is
 * there; those that are listed and there are not even read. Throws what the source or the store throws, once nothing is
 * in flight any more.
 */
export async function bringPictures(
  placed: readonly PlacedPicture[],
  files: ReadonlyMap<string, SourceFile>,
  options: BringOptions,
): Promise<BroughtPictures> {
  const { store, name, signal, concurrency = 16, listed = new Map() } = options;
  const stored = await listSizes(store, keys.images(name));
  const { taken, others } = await takeListed(placed, files, { ...options, listed, stored });
  const brought = collect(taken);
  const tell = () => options.onProgress?.({ total: placed.length, ...brought.count() });
  if (taken.length > 0) tell();
  await inParallel(others, concurrency, async (picture) => {
    signal?.throwIfAborted();
    brought.add(await bringPicture(picture, files.get(picture.path), stored, options));
    tell();
  });
  return brought.result();
}

function collect(taken: readonly Outcome[]) {
  const rows: IndexRow[] = [];
  const quarantined: QuarantinedImage[] = [];
  const readings = new Map<string, PictureReading>();
  const counts = { written: 0, present: 0, unread: taken.length };
  const add = ({ path, place, reading, put = 'present' }: Outcome): void => {
    if (reading !== undefined) readings.set(path, reading);
    if ('refused' in place) quarantined.push(place.refused);
    else {
      rows.push(place.row);
      counts[put]++;
    }
  };
  for (const outcome of taken) add(outcome);
  return {
    add,
    count: () => ({ done: rows.length + quarantined.length, quarantined: quarantined.length, ...counts }),
    result: (): BroughtPictures => ({ rows, quarantined, ...counts, readings }),
  };
}

/** One listing instead of one request per picture. */
async function listSizes(store: ObjectStore, prefix: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { key, size } of store.list(prefix)) sizes.set(key, size);
  return sizes;
}

async function bringPicture(
  picture: PlacedPicture,
  file: SourceFile | undefined,
  stored: ReadonlyMap<string, number>,
  options: BringOptions,
): Promise<Outcome> {
  if (file === undefined) throw new Error(`${picture.path} was placed but is not in the source`);
  const { path } = picture;
  if (file.size > MAX_FILE_BYTES) return { path, place: refuseUnread(picture, file, options) };
  const bytes = await file.read();
  const reading = readPicture(bytes, options);
  const place = placePicture(picture, reading, options);
  if ('refused' in place) return { path, place, reading };
  const { key } = place.row;
  if (stored.get(key) === bytes.length) return { path, place, reading };
  return { path, place, reading, put: await options.store.putIfAbsent(key, bytes) };
}

/** A file too large to be read has no hash; where splits come from hashes, its split is a formality. */
function refuseUnread(picture: PlacedPicture, file: SourceFile, options: BringOptions): Place {
  const reason = `has ${count(file.size)} bytes, more than ${count(MAX_FILE_BYTES)}`;
  const split = picture.split ?? splitByHash('', options.splitSettings);
  return {
    refused: { path: picture.path, split, class: picture.class, sha256: '', bytes: file.size, reason },
  };
}
