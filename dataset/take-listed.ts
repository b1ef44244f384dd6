import { setImmediate } from 'node:timers/promises';
import type { PlacedPicture } from './layout.js';
import type { PictureReading } from './picture-reading.js';
import { type Place, type PlaceSettings, placePicture } from './place-picture.js';
import type { SourceFile } from './source.js';
import { findListed, type ListedPictures } from './source-listing.js';

/** A picture that is where it belongs without having been read. */
export interface TakenPicture {
  readonly path: string;
  readonly reading: PictureReading;
  readonly place: Place;
}

export interface TakeSettings extends PlaceSettings {
  readonly listed: ListedPictures;
  /** Sizes of the pictures in the store, by key. */
  readonly stored: ReadonlyMap<string, number>;
  readonly signal?: AbortSignal | undefined;
}

/** Pictures between two breaths: some milliseconds. */
const PICTURES_AT_ONCE = 500;

/**
 * Takes the pictures that have not changed since they were listed, and that the store has where they belong now or that
 * were refused. The others have to be read: also one that another label or seed puts under another key.
 */
export async function takeListed(
  placed: readonly PlacedPicture[],
  files: ReadonlyMap<string, SourceFile>,
  settings: TakeSettings,
): Promise<{ readonly taken: readonly TakenPicture[]; readonly others: readonly PlacedPicture[] }> {
  const taken: TakenPicture[] = [];
  const others: PlacedPicture[] = [];
  for (const [number, picture] of placed.entries()) {
    const found = takePicture(picture, files.get(picture.path), settings);
    if (found === undefined) others.push(picture);
    else taken.push(found);
    // Nothing here waits for anything: without a breath, no heartbeat and no cancellation would get through.
    if (number % PICTURES_AT_ONCE === 0) await setImmediate();
    settings.signal?.throwIfAborted();
  }
  return { taken, others };
}

function takePicture(
  picture: PlacedPicture,
  file: SourceFile | undefined,
  settings: TakeSettings,
): TakenPicture | undefined {
  const reading = file === undefined ? undefined : findListed(settings.listed, file);
  if (reading === undefined) return undefined;
  const place = placePicture(picture, reading, settings);
  const isThere = 'refused' in place || settings.stored.get(place.row.key) === reading.bytes;
  return isThere ? { path: picture.path, reading, place } : undefined;
}
