import type { Dirent } from 'node:fs';
import { constants, lstat, open, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BadInput } from '../errors/graft-error.js';
import { byCodePoint } from './code-point-order.js';
import { isHidden } from './file-names.js';
import { stampOf } from './file-stamp.js';
import { count, escapeInvisible, quote } from './quote.js';
import type { DatasetSource, SourceFile } from './source.js';
import { MAX_FILE_BYTES } from './source-limits.js';

/** Deepest folder below the source: nobody nests pictures deeper on purpose. */
const DEEPEST = 32;

/** Files that are looked at at once: enough to keep a network drive busy, few enough to hold no memory. */
const LOOKS_AT_ONCE = 64;

interface Walk {
  readonly root: string;
  readonly shown: string;
  /** When it began, in milliseconds since 1970. */
  readonly began: number;
  readonly files: SourceFile[];
  readonly emptyFolders: string[];
}

/**
 * Opens a folder of pictures. It is walked once, now, in code point order; hidden files are passed over.
 *
 * @param shown how messages and the manifest name it.
 * @param now milliseconds since 1970; files that were changed less than 2 s before get no stamp.
 *
 * Throws {@link BadInput} where the folder cannot be read, or holds a symbolic link, a device or a pipe: following
 * links would let a data set hold the machine's other files.
 */
export async function openFolderSource(path: string, shown = path, now = Date.now()): Promise<DatasetSource> {
  const walk: Walk = {
    ...{ root: path, shown: escapeInvisible(shown), began: now },
    ...{ files: [], emptyFolders: [] },
  };
  await walkFolder(walk, '', 0);
  return {
    description: walk.shown,
    identity: `folder ${resolve(path)}`,
    // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous, this walk is over
    files: async function* () {
      yield* walk.files;
    },
    emptyFolders: () => walk.emptyFolders,
    close: () => Promise.resolve(),
  };
}

async function walkFolder(walk: Walk, folder: string, depth: number): Promise<void> {
  if (depth > DEEPEST)
    throw new BadInput(`${walk.shown} is nested deeper than ${DEEPEST} folders at ${quote(folder)}.`);
  const entries = await readFolder(walk, folder);
  if (entries.length === 0 && folder !== '') walk.emptyFolders.push(folder);
  for (let start = 0; start < entries.length; start += LOOKS_AT_ONCE)
    await walkEntries(walk, folder, entries.slice(start, start + LOOKS_AT_ONCE), depth);
}

async function walkEntries(
  walk: Walk,
  folder: string,
  entries: readonly Dirent[],
  depth: number,
): Promise<void> {
  const pathOf = ({ name }: Dirent) => (folder === '' ? name : `${folder}/${name}`);
  const files = await Promise.all(
    entries.map(async (entry) => (entry.isFile() ? await describeFile(walk, pathOf(entry)) : undefined)),
  );
  for (const [place, entry] of entries.entries()) {
    const file = files[place];
    if (file !== undefined) walk.files.push(file);
    else if (entry.isDirectory()) await walkFolder(walk, pathOf(entry), depth + 1);
    else throw refuseKind(walk, pathOf(entry), entry);
  }
}

async function readFolder(walk: Walk, folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(walk.root, folder), { withFileTypes: true });
    return entries.filter((entry) => !isHidden(entry.name)).sort((a, b) => byCodePoint(a.name, b.name));
  } catch (cause) {
    throw refuseUnreadable(walk, folder, cause);
  }
}

async function describeFile(walk: Walk, path: string): Promise<SourceFile> {
  try {
    const found = await lstat(join(walk.root, path), { bigint: true });
    const size = Number(found.size);
    return { path, size, stamp: stampOf(found, walk.began), read: () => readWhole(walk, path, size) };
  } catch (cause) {
    throw refuseUnreadable(walk, path, cause);
  }
}

/** Reads a file that is still the regular file of that size; a link put there since the walk is not followed. */
async function readWhole(walk: Walk, path: string, size: number): Promise<Uint8Array> {
  if (size > MAX_FILE_BYTES)
    throw new BadInput(`${quote(path)} in ${walk.shown} has ${count(size)} bytes, too many for a picture.`);
  try {
    const bytes = await readIfUnchanged(join(walk.root, path), size);
    if (bytes !== undefined) return bytes;
  } catch (cause) {
    throw refuseUnreadable(walk, path, cause);
  }
  throw new BadInput(
    `${quote(path)} in ${walk.shown} changed while Graft read it; run again when nothing writes there.`,
  );
}

async function readIfUnchanged(path: string, size: number): Promise<Uint8Array | undefined> {
  const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, constants.O_RDONLY | noFollow);
  try {
    const now = await handle.stat();
    if (!now.isFile() || now.size !== size) return undefined;
    const bytes = new Uint8Array(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytesRead === size ? bytes : undefined;
  } finally {
    await handle.close();
  }
}

function refuseKind(walk: Walk, path: string, entry: Dirent): BadInput {
  const kind = entry.isSymbolicLink() ? 'a symbolic link' : 'neither a file nor a folder';
  return new BadInput(
    `${quote(path)} in ${walk.shown} is ${kind}; Graft follows no links. Put a copy of the picture there, or remove it.`,
  );
}

function refuseUnreadable(walk: Walk, path: string, cause: unknown): BadInput {
  const what = path === '' ? walk.shown : `${quote(path)} in ${walk.shown}`;
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new BadInput(`${what} cannot be read (${reason}); check that it exists and its permissions.`, {
    cause,
  });
}
