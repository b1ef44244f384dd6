import { open, readFile, stat } from 'node:fs/promises';
import { hasCode } from './file-errors.js';
import type { ByteRange } from './object-store.js';

/**
 * Reads the bytes of a range that the file has: fewer, or none, where the range goes past its end. `undefined` where
 * the name is a folder's.
 */
export async function readRange(path: string, range: ByteRange): Promise<Buffer | undefined> {
  const handle = await open(path, 'r');
  try {
    const found = await handle.stat();
    if (!found.isFile()) return undefined;
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(range.length, found.size - range.offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, range.offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/** How what has this name compares with `body`; a folder is `'different'`. */
export async function compareFile(path: string, body: Uint8Array): Promise<'absent' | 'equal' | 'different'> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size !== body.length) return 'different';
    return (await readFile(path)).equals(body) ? 'equal' : 'different';
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return 'absent';
    throw error;
  }
}
