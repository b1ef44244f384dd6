import type { PictureQueue } from '../batching/picture-queue.js';

/** A queue whose pictures arrive one by one. */
export interface WaitingRoom extends PictureQueue {
  /** Takes in a picture of the call. */
  admit(index: number, bytes: Uint8Array): void;
  /** No more will come: whoever waits for one, now or later, is told `reason`. */
  shut(reason: Error): void;
}

interface Reader {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Holds the pictures of one call between their arrival and their turn.
 *
 * @param onTaken told the size of each picture that leaves, in bytes.
 */
export function createWaitingRoom(count: number, onTaken: (bytes: number) => void): WaitingRoom {
  const arrived = new Map<number, Uint8Array>();
  const readers = new Map<number, Reader>();
  let shutBecause: Error | undefined;

  const handOver = (index: number): void => {
    const bytes = arrived.get(index);
    const reader = readers.get(index);
    if (bytes === undefined || reader === undefined) return;
    arrived.delete(index);
    readers.delete(index);
    reader.resolve(bytes);
    onTaken(bytes.length);
  };
  return {
    count,
    read: (index) =>
      new Promise((resolve, reject) => {
        if (shutBecause !== undefined) {
          reject(shutBecause);
          return;
        }
        readers.set(index, { resolve, reject });
        handOver(index);
      }),
    admit: (index, bytes) => {
      if (shutBecause !== undefined) return;
      arrived.set(index, bytes);
      handOver(index);
    },
    shut: (reason) => {
      shutBecause = reason;
      for (const { reject } of readers.values()) reject(reason);
      readers.clear();
      arrived.clear();
    },
  };
}
