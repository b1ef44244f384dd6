import type { PictureQueue } from '../batching/picture-queue.js';

/** Reads pictures of many calls and sends them, in the order in which they were added, never too many ahead. */
export interface PictureWindow {
  /** `fail` is told why a picture could not be read; the call is forgotten then. */
  add(call: number, pictures: PictureQueue, fail: (reason: unknown) => void): void;
  /** The receiver has taken up so many bytes of a call. */
  taken(call: number, bytes: number): void;
  /** Forgets what is left of a call. */
  drop(call: number): void;
  /** Pictures are being read: the receiver may be waiting for them. */
  readonly isReading: boolean;
}

/** A call with pictures that have not been asked for. */
interface UnreadCall {
  readonly call: number;
  readonly pictures: PictureQueue;
  readonly fail: (reason: unknown) => void;
  next: number;
}

/** A picture that has been asked for and not been sent. */
interface Slot {
  readonly call: number;
  readonly index: number;
  bytes?: Uint8Array;
}

/** Pictures read at once: enough to hide a store's latency. */
const CONCURRENT_READS = 16;

/**
 * Bounds what lies between two processes: pictures are sent while those under way stay within `limit` bytes; a larger one
 * goes alone. None is read while as much is under way or read, so that at most {@link CONCURRENT_READS} pictures come on
 * top. First added, first read and sent over all calls, as the receiver works on them: nobody waits for somebody behind.
 */
export function createPictureWindow(
  limit: number,
  send: (call: number, index: number, bytes: Uint8Array) => void,
): PictureWindow {
  let unread: UnreadCall[] = [];
  let slots: Slot[] = [];
  const underWay = new Map<number, number>();

  const bytesUnderWay = (): number => [...underWay.values()].reduce((sum, bytes) => sum + bytes, 0);
  const bytesRead = (): number => slots.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
  const reads = (): number => slots.filter(({ bytes }) => bytes === undefined).length;

  const sendNext = (): void => {
    let total = bytesUnderWay();
    for (let next = slots[0]; next?.bytes !== undefined; next = slots[0]) {
      const { call, index, bytes } = next;
      if (total > 0 && total + bytes.length > limit) return;
      slots.shift();
      total += bytes.length;
      underWay.set(call, (underWay.get(call) ?? 0) + bytes.length);
      send(call, index, bytes);
    }
  };
  const readNext = (from: UnreadCall): void => {
    const slot: Slot = { call: from.call, index: from.next++ };
    slots.push(slot);
    const bytes = from.pictures.read(slot.index);
    if (from.next === from.pictures.count) unread.shift();
    if (bytes instanceof Uint8Array) slot.bytes = bytes;
    else
      bytes.then(
        (read) => {
          slot.bytes = read;
          advance();
        },
        (reason: unknown) => {
          if (slots.includes(slot)) from.fail(reason);
        },
      );
  };
  const advance = (): void => {
    sendNext();
    for (let first = unread[0]; first !== undefined; first = unread[0]) {
      if (reads() >= CONCURRENT_READS || bytesUnderWay() + bytesRead() >= limit) return;
      readNext(first);
      sendNext();
    }
  };
  return {
    add: (call, pictures, fail) => {
      if (pictures.count > 0) unread.push({ call, pictures, fail, next: 0 });
      advance();
    },
    taken: (call, bytes) => {
      const left = underWay.get(call);
      if (left === undefined) return;
      underWay.set(call, left - bytes);
      advance();
    },
    drop: (call) => {
      unread = unread.filter((entry) => entry.call !== call);
      slots = slots.filter((slot) => slot.call !== call);
      underWay.delete(call);
      advance();
    },
    get isReading() {
      return reads() > 0;
    },
  };
}
