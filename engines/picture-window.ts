/** Sends pictures of many calls in the order in which they were added, never too many ahead. */
export interface PictureWindow {
  add(call: number, pictures: readonly Uint8Array[]): void;
  /** The receiver has taken up so many bytes of a call. */
  taken(call: number, bytes: number): void;
  /** Forgets what is left of a call. */
  drop(call: number): void;
}

/**
 * Bounds what lies between two processes: pictures are sent while those under way stay within `limit` bytes; a larger one
 * goes alone. First added, first sent over all calls, as the receiver works on them: nobody waits for somebody behind.
 */
export function createPictureWindow(
  limit: number,
  send: (call: number, bytes: Uint8Array) => void,
): PictureWindow {
  let queue: { readonly call: number; readonly bytes: Uint8Array }[] = [];
  const underWay = new Map<number, number>();

  const sendNext = (): void => {
    let total = [...underWay.values()].reduce((sum, bytes) => sum + bytes, 0);
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const { call, bytes } = next;
      if (total > 0 && total + bytes.length > limit) return;
      queue.shift();
      total += bytes.length;
      underWay.set(call, (underWay.get(call) ?? 0) + bytes.length);
      send(call, bytes);
    }
  };
  return {
    add: (call, pictures) => {
      queue.push(...pictures.map((bytes) => ({ call, bytes })));
      sendNext();
    },
    taken: (call, bytes) => {
      const left = underWay.get(call);
      if (left === undefined) return;
      underWay.set(call, left - bytes);
      sendNext();
    },
    drop: (call) => {
      queue = queue.filter((entry) => entry.call !== call);
      underWay.delete(call);
      sendNext();
    },
  };
}
