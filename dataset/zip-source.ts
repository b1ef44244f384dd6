import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fromFdPromise, fromRandomAccessReaderPromise, type ZipFile } from 'yauzl';
import { BadInput } from '../errors/graft-error.js';
import { folderOf } from './file-names.js';
import { stampOf } from './file-stamp.js';
import { inflateEntry } from './inflate-entry.js';
import { count, escapeInvisible } from './quote.js';
import { ReadAheadReader } from './read-ahead.js';
import type { DatasetSource, SourceFile } from './source.js';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './source-limits.js';
import { admitEntry, assertArchive, byOffset, type ZipEntry } from './zip-entry-rules.js';
import { explainBrokenZip } from './zip-diagnosis.js';

/**
 * Opens a zip file by its directory; entries are inflated one by one when asked for, nothing is unpacked to disk.
 *
 * @param path the file.
 * @param shown how messages and the manifest name it. Default: its path.
 * @param now milliseconds since 1970; files of an archive that was changed less than 2 s before get no stamp.
 *
 * Throws {@link BadInput}, before any entry is read, for what is no zip, cut, damaged or encrypted, for entries that
 * leave the archive's folder, links and bombs. A file's `read` throws it where the bytes are not those that the
 * directory declares.
 */
export async function openZipSource(
  path: string,
  {
    shown = path,
    limits = ARCHIVE_LIMITS,
    now = Date.now(),
  }: { readonly shown?: string; readonly limits?: ArchiveLimits; readonly now?: number } = {},
): Promise<DatasetSource> {
  const archive = escapeInvisible(shown);
  const handle = await openFile(path, archive);
  try {
    const stamp = stampOf(await handle.stat({ bigint: true }), now);
    const { zip, entries } = await readDirectory(handle, archive, limits);
    return describeSource({ path, archive, stamp, handle, zip, entries });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openFile(path: string, archive: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new BadInput(`${archive} cannot be read (${reason}); check that it exists and its permissions.`, {
      cause,
    });
  }
}

interface OpenZip {
  readonly zip: ZipFile;
  readonly entries: readonly ZipEntry[];
}

async function readDirectory(handle: FileHandle, archive: string, limits: ArchiveLimits): Promise<OpenZip> {
  try {
    // The handle stays ours: yauzl closes neither.
    const options = { autoClose: false, decodeStrings: false };
    const { size } = await handle.stat();
    const directory = await fromRandomAccessReaderPromise(new ReadAheadReader(handle), size, options);
    const entries = await admitEntries(directory, archive, limits);
    await assertWholeDirectory(handle, directory);
    const zip = await fromFdPromise(handle.fd, options);
    assertArchive(entries, { archive, limits });
    return { zip, entries: entries.sort(byOffset) };
  } catch (error) {
    throw error instanceof BadInput ? error : await explainBrokenZip(archive, handle, error);
  }
}

async function admitEntries(zip: ZipFile, archive: string, limits: ArchiveLimits): Promise<ZipEntry[]> {
  if (zip.entryCount > limits.maxEntries)
    throw new BadInput(
      `${archive} declares ${count(zip.entryCount)} entries, more than ${count(limits.maxEntries)}; pass the unpacked folder.`,
    );
  const admitted: ZipEntry[] = [];
  for await (const entry of zip.eachEntry()) {
    const file = admitEntry(entry, archive, limits);
    if (file !== undefined) admitted.push(file);
  }
  return admitted;
}

/** Old writers count entries in 16 bits: 65,537 pictures look like one. What follows the last one must be no entry. */
async function assertWholeDirectory(handle: FileHandle, zip: ZipFile): Promise<void> {
  const next = Buffer.alloc(4);
  await handle.read(next, 0, 4, Number(zip.readEntryCursor));
  if (next.equals(Buffer.from('PK\x01\x02', 'latin1')))
    throw new Error(`its directory holds more than the ${count(zip.entryCount)} entries that it counts`);
}

interface Archive extends OpenZip {
  readonly path: string;
  /** How messages name it. */
  readonly archive: string;
  /** Of the archive as a whole. */
  readonly stamp: string | undefined;
  readonly handle: FileHandle;
}

function describeSource({ path, archive, stamp, handle, zip, entries }: Archive): DatasetSource {
  const files = entries.filter(({ kind }) => kind === 'file');
  return {
    description: archive,
    identity: `zip ${resolve(path)}`,
    // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous, the directory is read
    files: async function* () {
      for (const file of files) yield describeFile(zip, file, archive, stamp);
    },
    emptyFolders: () => findEmptyFolders(entries),
    close: () => handle.close(),
  };
}

function describeFile(
  zip: ZipFile,
  { path, entry }: ZipEntry,
  archive: string,
  archiveStamp: string | undefined,
): SourceFile {
  const read = () => inflateEntry(zip, { path, entry, archive });
  // The archive's own stamp tells every change; the checksum is free.
  const stamp = archiveStamp === undefined ? undefined : `${archiveStamp}.${entry.crc32.toString(16)}`;
  return { path, size: entry.uncompressedSize, stamp, read };
}

function findEmptyFolders(entries: readonly ZipEntry[]): readonly string[] {
  const parents = new Set(entries.map(({ path }) => folderOf(path)));
  return entries.filter(({ kind, path }) => kind === 'folder' && !parents.has(path)).map(({ path }) => path);
}
