import { createHash } from 'node:crypto';
import type { Sha256 } from '../dataset/dataset.js';
import type { ObjectStore } from '../storage/object-store.js';

/** Most of an object in memory at once; nearly every picture is one request. */
const PIECE_BYTES = 4 << 20;

/** SHA-256 and size in bytes of an object, read in pieces. Throws `ObjectNotFound`. */
export async function hashObject(
  store: ObjectStore,
  key: string,
): Promise<{ readonly sha256: Sha256; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (;;) {
    const piece = await store.get(key, { offset: bytes, length: PIECE_BYTES });
    hash.update(piece);
    bytes += piece.byteLength;
    if (piece.byteLength < PIECE_BYTES) return { sha256: hash.digest('hex'), bytes };
  }
}
