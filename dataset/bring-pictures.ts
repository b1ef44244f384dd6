import { createHash } from 'node:crypto';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { IndexRow, QuarantinedImage } from './dataset.js';
import { readImageHeader } from './image-header.js';
import { inParallel } from './in-parallel.js';
import type { PlacedPicture } from './layout.js';
import { objectName } from './object-name.js';
import { count } from './quote.js';
import type { SourceFile } from './source.js';
import { MAX_FILE_BYTES } from './source-limits.js';
import { splitByHash, type SplitSettings } from './split-by-hash.js';

/** Counts of pictures so far. */
export interface BringProgress {
  readonly done: number;
  readonly total: number;
  readonly quarantined: number;
  readonly written: number;
  readonly present: number;
}

export interface BringOptions {
  readonly store: ObjectStore;
  /** Name of the dataset. */
  readonly name: string;
  /** For pictures whose layout has no splits. */
  readonly splitSettings: SplitSettings;
  /** Pictures in flight, and so in memory. Default 16. */
  readonly concurrency?: number;
  /** Most pixels of a picture. Default 100 megapixels. */
  readonly maxPixels?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after every picture. */
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
}

type Outcome =
  { readonly row: IndexRow; readonly put: 'written' | 'present' } | { readonly refused: QuarantinedImage };

/**
 * Reads each placed picture from `files` (by path), hashes it, reads its header and puts it into the store unless it is
 * there. Throws what the source or the store throws, once nothing is in flight any more.
 */
export async function bringPictures(
  placed: readonly PlacedPicture[],
  files: ReadonlyMap<string, SourceFile>,
  options: BringOptions,
): Promise<BroughtPictures> {
  const { store, name, signal, onProgress, concurrency = 16 } = options;
  const stored = await listSizes(store, keys.images(name));
  const rows: IndexRow[] = [];
  const quarantined: QuarantinedImage[] = [];
  const puts = { written: 0, present: 0 };
  await inParallel(placed, concurrency, async (picture) => {
    signal?.throwIfAborted();
    const outcome = await bringPicture(picture, files.get(picture.path), stored, options);
    if ('row' in outcome) {
      rows.push(outcome.row);
      puts[outcome.put]++;
    } else quarantined.push(outcome.refused);
    const done = rows.length + quarantined.length;
    onProgress?.({ done, total: placed.length, quarantined: quarantined.length, ...puts });
  });
  return { rows, quarantined, ...puts };
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
  if (file.size > MAX_FILE_BYTES) return refuseUnread(picture, file, options);
  const bytes = await file.read();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const split = picture.split ?? splitByHash(sha256, options.splitSettings);
  const labelled = { split, class: picture.class, sha256, bytes: bytes.length };
  const header = readImageHeader(bytes, options);
  if ('reason' in header) return { refused: { ...labelled, path: picture.path, reason: header.reason } };
  const { width, height, extension } = header;
  const [className, stem] = [objectName(picture.class), objectName(picture.stem)];
  const key = keys.image(options.name, split, className, stem, sha256, extension);
  const isStored = stored.get(key) === bytes.length;
  const put = isStored ? 'present' : await options.store.putIfAbsent(key, bytes);
  return { row: { ...labelled, key, width, height }, put };
}

/** A file too large to be read has no hash; where splits come from hashes, its split is a formality. */
function refuseUnread(picture: PlacedPicture, file: SourceFile, options: BringOptions): Outcome {
  const reason = `has ${count(file.size)} bytes, more than ${count(MAX_FILE_BYTES)}`;
  const split = picture.split ?? splitByHash('', options.splitSettings);
  return {
    refused: { path: picture.path, split, class: picture.class, sha256: '', bytes: file.size, reason },
  };
}
