import { createHash } from 'node:crypto';
import { createBusyClock } from '../engines/batching/busy-clock.js';
import type { PictureFile, PictureQueue } from '../engines/batching/picture-queue.js';
import { GraftError } from '../errors/graft-error.js';
import type { BatchImage } from '../features/batch.js';
import type { ObjectStore } from '../storage/object-store.js';

/** The bytes in the store are not those that the index knows: the store was changed behind Graft's back. */
export class ImageChanged extends GraftError {}

/** The pictures of a batch, each read when the extractor has room for it. */
export interface BatchPictures extends PictureQueue {
  /** Seconds in which at least one of them was being read here. */
  readonly readSeconds: number;
}

export interface BatchPicturesOptions {
  readonly signal: AbortSignal;
  /** Called after each picture. */
  readonly onRead: () => void;
}

/**
 * Hashes the very bytes that will be decoded: a mismatch with the index is an error ({@link ImageChanged}), never a
 * feature. Nothing is read once the signal has aborted.
 */
export function openBatchPictures(
  store: ObjectStore,
  images: readonly BatchImage[],
  { signal, onRead }: BatchPicturesOptions,
): BatchPictures {
  const clock = createBusyClock();
  return {
    count: images.length,
    // Named when an extractor asks: 64 paths are a fifth of what a batch leaves to be collected.
    get files() {
      return filesOf(store, images);
    },
    async read(index) {
      signal.throwIfAborted();
      const image = images[index];
      if (image === undefined) throw new RangeError(`There is no picture ${index} of ${images.length}.`);
      const bytes = await clock.during(() => readImage(store, image));
      onRead();
      return bytes;
    },
    get readSeconds() {
      return clock.seconds;
    },
  };
}

function filesOf(store: ObjectStore, images: readonly BatchImage[]): readonly PictureFile[] | undefined {
  if (store.fileOf === undefined) return undefined;
  const { fileOf } = store;
  return images.map(({ key, sha256 }) => ({ path: fileOf(key), sha256 }));
}

async function readImage(store: ObjectStore, { key, sha256 }: BatchImage): Promise<Uint8Array> {
  const bytes = await store.get(key);
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual === sha256) return bytes;
  throw new ImageChanged(
    `${key} has changed in the store: expected SHA-256 ${sha256}, received ${actual}. Delete the object and run again: it is restored from the source.`,
  );
}
