import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createBusyClock } from '../batching/busy-clock.js';
import type { PictureFile, PictureQueue } from '../batching/picture-queue.js';

/** Pictures that are read where they lie. */
export interface FileQueue extends PictureQueue {
  /** Seconds in which at least one of them was being read here. */
  readonly readSeconds: number;
}

/** A disk that takes longer is left to the parent, which waits for it without taking this process for stuck. */
const PATIENCE_MS = 30_000;

/**
 * Reads pictures where they lie, so that their bytes need not pass from one process to the other. One that cannot be
 * read, or whose bytes are not the expected ones, is asked for: the parent sends it, or knows why it cannot.
 *
 * @param others gives the pictures that were asked for.
 */
export function readFiles(
  files: readonly PictureFile[],
  others: PictureQueue,
  ask: (index: number) => void,
): FileQueue {
  const clock = createBusyClock();
  return {
    count: files.length,
    read: async (index) => {
      const bytes = await clock.during(() => readExpected(files[index]));
      if (bytes !== undefined) return bytes;
      ask(index);
      return others.read(index);
    },
    get readSeconds() {
      return clock.seconds;
    },
  };
}

/** An abort signal would not do: it is looked at between the steps of a read, and a disk that hangs hangs within one. */
async function withinPatience<Result>(work: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}

async function readExpected(file: PictureFile | undefined): Promise<Uint8Array | undefined> {
  if (file === undefined) return undefined;
  try {
    const bytes = await withinPatience(readFile(file.path));
    if (bytes === undefined) return undefined;
    return createHash('sha256').update(bytes).digest('hex') === file.sha256 ? bytes : undefined;
  } catch {
    return undefined;
  }
}
