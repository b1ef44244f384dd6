import { createHash } from 'node:crypto';
import type { PictureQueue } from '../engines/batching/picture-queue.js';
import { GraftError } from '../errors/graft-error.js';
import type { BatchImage } from '../features/batch.js';
import type { ObjectStore } from '../storage/object-store.js';

/** The bytes in the store are not those that the index knows: the store was changed behind Graft's back. */
export class ImageChanged extends GraftError {}

/** The pictures of a batch, each read when the extractor has room for it. */
export interface BatchPictures extends PictureQueue {
  /** Seconds in which at least one of them was being read. */
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

async function readImage(store: ObjectStore, { key, sha256 }: BatchImage): Promise<Uint8Array> {
  const bytes = await store.get(key);
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual === sha256) return bytes;
  throw new ImageChanged(
    `${key} has changed in the store: expected SHA-256 ${sha256}, received ${actual}. Delete the object and run again: it is restored from the source.`,
  );
}

/** Adds up the time in which something goes on, however much at once. */
function createBusyClock() {
  let running = 0;
  let since = 0;
  let seconds = 0;
  return {
    async during<Result>(work: () => Promise<Result>): Promise<Result> {
      if (running++ === 0) since = performance.now();
      try {
        return await work();
      } finally {
        if (--running === 0) seconds += (performance.now() - since) / 1_000;
      }
    },
    get seconds() {
      return seconds;
    },
  };
}
