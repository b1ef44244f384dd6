import { type Entry, getFileNameLowLevel, validateFileName } from 'yauzl';
import { BadInput } from '../errors/graft-error.js';
import { isHidden, isPictureName } from './file-names.js';
import { count, quote } from './quote.js';
import type { ArchiveLimits } from './source-limits.js';

/** An entry of an archive that keeps the rules. */
export interface ZipEntry {
  /** Normalised: `/` between parts, no `.` and no empty ones. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly entry: Entry;
}

/** The bits of a Unix mode that tell files, folders and links apart, and their values. */
const MODE = { mask: 0o170000, link: 0o120000, folder: 0o040000, file: 0o100000, unknown: 0 } as const;

/** Ratios mean nothing for small files: a short text may deflate to a hundredth. */
const RATIO_MATTERS_FROM = 2 ** 20;

/**
 * Judges one entry by its directory record; `undefined` for hidden files. Throws {@link BadInput} for names that leave
 * the archive's folder, links, encryption and bombs.
 */
export function admitEntry(entry: Entry, archive: string, limits: ArchiveLimits): ZipEntry | undefined {
  const path = readPath(entry, archive);
  if (path === '' || isHidden(path)) return undefined;
  const kind = readKind(entry, path, archive);
  if (kind === 'file' && isPictureName(path)) assertReadable(entry, path, archive, limits);
  return { path, kind, entry };
}

/** Windows' own tools of old write backslashes between folders; they are judged as what they mean. */
function readPath(entry: Entry, archive: string): string {
  const raw = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
  const name = raw.replaceAll('\\', '/');
  if (validateFileName(name) !== null || name.includes('\0'))
    throw new BadInput(
      `${archive} holds an entry named ${quote(raw)}, which leaves the folder that it would be unpacked to; ` +
        'Graft refuses such archives. Pack the pictures again.',
    );
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function readKind(entry: Entry, path: string, archive: string): ZipEntry['kind'] {
  const mode = (entry.externalFileAttributes >>> 16) & MODE.mask;
  const namedFolder = /[\\/]$/.test(entry.fileNameRaw.toString('latin1'));
  if (mode === MODE.folder || (namedFolder && mode === MODE.unknown)) return 'folder';
  if (namedFolder && mode === MODE.file) return 'folder';
  if (mode === MODE.file || mode === MODE.unknown) return 'file';
  const kind = mode === MODE.link ? 'a symbolic link' : 'neither a file nor a folder';
  throw new BadInput(
    `${quote(path)} in ${archive} is ${kind}; Graft follows no links. Pack the archive again with the pictures themselves.`,
  );
}

function assertReadable(entry: Entry, path: string, archive: string, limits: ArchiveLimits): void {
  if (entry.isEncrypted())
    throw new BadInput(
      `${quote(path)} in ${archive} is encrypted; pack the archive again without a password.`,
    );
  if (!entry.canDecodeFileData())
    throw new BadInput(
      `${quote(path)} in ${archive} is compressed by method ${entry.compressionMethod}, expected 0 (stored) or 8 ` +
        '(deflated); pack the archive again with an ordinary zip program.',
    );
  assertNoBomb(entry, path, archive, limits);
}

function assertNoBomb(entry: Entry, path: string, archive: string, limits: ArchiveLimits): void {
  const { uncompressedSize: size, compressedSize: packed } = entry;
  if (size > limits.maxFileBytes)
    throw new BadInput(
      `${quote(path)} in ${archive} would be ${count(size)} bytes, more than the ${count(limits.maxFileBytes)} that a ` +
        'picture may have; Graft takes it for a zip bomb and reads nothing.',
    );
  if (size > RATIO_MATTERS_FROM && size > packed * limits.maxRatio)
    throw new BadInput(
      `${quote(path)} in ${archive} would grow from ${count(packed)} to ${count(size)} bytes, more than ` +
        `${limits.maxRatio}-fold; Graft takes it for a zip bomb and reads nothing.`,
    );
}

/** Rules about all entries together: their number, their bytes, names used twice, data shared by two entries. */
export function assertArchive(
  entries: readonly ZipEntry[],
  { archive, limits }: { readonly archive: string; readonly limits: ArchiveLimits },
): void {
  const total = entries.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  if (total > limits.maxTotalBytes)
    throw new BadInput(
      `${archive} would unpack to ${count(total)} bytes, more than ${count(limits.maxTotalBytes)}; Graft takes it for a ` +
        'zip bomb. Split it, or pass the unpacked folder.',
    );
  const paths = new Set<string>();
  for (const { path, kind } of entries) {
    if (kind === 'file' && paths.has(path))
      throw new BadInput(`${archive} holds ${quote(path)} twice; pack the archive again.`);
    paths.add(path);
  }
  assertNoOverlap(entries, archive);
}

/** Overlapping entries are how a small zip unpacks to petabytes (D. Fifield, "A better zip bomb", WOOT 2019). */
function assertNoOverlap(entries: readonly ZipEntry[], archive: string): void {
  const LOCAL_HEADER = 30;
  const ordered = [...entries].sort(byOffset);
  let end = 0;
  for (const { entry, path } of ordered) {
    if (entry.relativeOffsetOfLocalHeader < end)
      throw new BadInput(
        `${quote(path)} in ${archive} shares bytes with the entry before it; Graft takes the archive for a zip bomb and ` +
          'reads nothing.',
      );
    end = entry.relativeOffsetOfLocalHeader + LOCAL_HEADER + entry.fileNameRaw.length + entry.compressedSize;
  }
}

/** The order in which the entries lie in the file: read so, a disk reads forward. */
export function byOffset(a: ZipEntry, b: ZipEntry): number {
  return a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader;
}
