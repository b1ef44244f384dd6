import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, isFolder } from './file-errors.js';
import { isForeign } from './file-path.js';
import { findKeyFault } from './object-key.js';
import type { StoredObject } from './object-store.js';

/** How many sizes are asked for at once: enough to keep a network drive busy, few enough to hold no memory. */
const SIZES_AT_ONCE = 64;

/**
 * Every object under `root` whose key starts with `prefix`, in the byte order of their keys, one folder in memory at a
 * time. What is no regular file, or has no valid key, is no object; symbolic links are not followed.
 */
export async function* listObjects(root: string, prefix: string): AsyncGenerator<StoredObject> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const entries = (await readEntries(root, folder)).filter((entry) => entry.startsWith(prefix));
  for (let start = 0; start < entries.length; start += SIZES_AT_ONCE) {
    const some = entries.slice(start, start + SIZES_AT_ONCE);
    const stats = await Promise.all(some.map((entry) => statEntry(root, entry)));
    for (const [place, entry] of some.entries()) {
      const found = stats[place];
      if (isFolderEntry(entry)) yield* listObjects(root, entry);
      else if (found !== undefined) yield { key: entry, size: found.size, modified: found.mtime };
    }
  }
}

const isFolderEntry = (entry: string): boolean => entry.endsWith('/');

/** What lies directly in `folder`: keys of objects, and names of folders with their `/`, which decides their order. */
async function readEntries(root: string, folder: string): Promise<string[]> {
  const found = await readFolder(root, folder);
  return found
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => ({ key: folder + entry.name, isDirectory: entry.isDirectory() }))
    .filter(({ key }) => !isForeign(key) && findKeyFault(key) === undefined)
    .map(({ key, isDirectory }) => Buffer.from(isDirectory ? `${key}/` : key))
    .sort((one, other) => Buffer.compare(one, other))
    .map((bytes) => bytes.toString());
}

async function readFolder(root: string, folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    // Nothing lies below an object; but a root that is a file is no store at all.
    if (hasCode(error, 'ENOTDIR') && (await isFolder(root))) return [];
    throw error;
  }
}

/** `undefined` where the file has gone since its folder was read. */
async function statEntry(root: string, key: string): Promise<Stats | undefined> {
  try {
    return await stat(join(root, key));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
