import { createHash } from 'node:crypto';
import type { Sha256 } from './dataset.js';
import { type ImageHeader, type ImageRefusal, readImageHeader } from './image-header.js';

/** What reading a picture gave: all of its index row but what its path decides, or why it is refused. */
export type PictureReading = {
  /** Of the file's bytes. */
  readonly sha256: Sha256;
  /** Size of the file. */
  readonly bytes: number;
} & (Omit<ImageHeader, 'format'> | ImageRefusal);

/** Hashes a picture and reads its header; see {@link readImageHeader} for what is refused. */
export function readPicture(bytes: Uint8Array, options: { readonly maxPixels?: number }): PictureReading {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const read = { sha256, bytes: bytes.length };
  const header = readImageHeader(bytes, options);
  if ('reason' in header) return { ...read, reason: header.reason };
  const { width, height, extension } = header;
  return { ...read, width, height, extension };
}
