import type { AsyncBuffer } from 'hyparquet';

/** Bytes in memory as the file that hyparquet reads. */
export function openBytes(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.byteLength,
    // A copy, because hyparquet wants an ArrayBuffer of its own and the bytes may be a window of a larger one.
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}
