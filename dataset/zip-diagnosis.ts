import type { FileHandle } from 'node:fs/promises';
import { BadInput } from '../errors/graft-error.js';
import { sniffFormat } from './image-format.js';
import { count, quote } from './quote.js';

const SIGNATURE = { localHeader: 0x04034b50, directory: 0x02014b50, endOfDirectory: 0x06054b50 } as const;
const LOCAL_HEADER = 30;
const END_OF_DIRECTORY = 22;
const LONGEST_COMMENT = 0xffff;
const UNKNOWN_SIZE = 0xffffffff;

const FETCH_AGAIN =
  'The download was probably cut. Fetch it again, or pass the URL as --source: Graft resumes downloads.';

/** Says in one sentence what is wrong with a file that could not be opened as a zip. */
export async function explainBrokenZip(
  archive: string,
  handle: FileHandle,
  cause: unknown,
): Promise<BadInput> {
  return new BadInput(await describe(archive, handle, cause), { cause });
}

async function describe(archive: string, handle: FileHandle, cause: unknown): Promise<string> {
  const { size } = await handle.stat();
  const start = await readAt(handle, 0, Math.min(size, 512));
  if (size === 0) return `${archive} is empty (0 bytes), expected a zip file.`;
  if (start.length < 4 || start.subarray(0, 2).toString('latin1') !== 'PK')
    return `${archive} is not a zip file: it ${describeOther(start)}. Expected a zip file or a folder of pictures.`;
  const declared = await readDeclaredSize(handle, size);
  if (declared !== undefined && declared > size)
    return `${archive} is cut (expected ${count(declared)} bytes by its directory, found ${count(size)}). ${FETCH_AGAIN}`;
  if (declared === undefined) return `${archive} ${await describeCut(handle, size)} ${FETCH_AGAIN}`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return `${archive} is a damaged zip file (${reason}). Fetch it or pack it again.`;
}

function describeOther(start: Buffer): string {
  const sniffed = sniffFormat(start);
  return 'format' in sniffed ? `is one ${sniffed.format.toUpperCase()} picture` : `is ${sniffed.other}`;
}

/** How long the file should be by its end-of-directory record (APPNOTE 4.3.16), `undefined` without one. */
async function readDeclaredSize(handle: FileHandle, size: number): Promise<number | undefined> {
  const length = Math.min(size, END_OF_DIRECTORY + LONGEST_COMMENT);
  const tail = await readAt(handle, size - length, length);
  for (let at = tail.length - END_OF_DIRECTORY; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== SIGNATURE.endOfDirectory) continue;
    const [directorySize, directoryOffset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    const isZip64 = directorySize === UNKNOWN_SIZE || directoryOffset === UNKNOWN_SIZE;
    return isZip64 ? size : directoryOffset + directorySize + tail.length - at;
  }
  return undefined;
}

/** Walks the entries from the file's start to name the one in which it ends. */
async function describeCut(handle: FileHandle, size: number): Promise<string> {
  const found = `the file ends at ${count(size)}`;
  let last: LocalHeader | undefined;
  let at = 0;
  for (;;) {
    const header = await readLocalHeader(handle, at);
    if (header === undefined) break;
    last = header;
    const end = header.dataEnd ?? (await findSignature(handle, header.dataStart, size)) ?? size;
    if (end >= size) return describeLast(header, size, found);
    at = end;
  }
  if (last === undefined) return 'ends in the middle of its first entry.';
  return `ends in its directory, after the last entry ${quote(last.name)} (${found}).`;
}

function describeLast(header: LocalHeader, size: number, found: string): string {
  if (header.dataEnd === undefined) return `ends in the middle of ${quote(header.name)} (${found}).`;
  if (header.dataEnd === size)
    return `ends after ${quote(header.name)}, without the directory of a zip file (${found}).`;
  return `ends in the middle of ${quote(header.name)} (expected that entry to end at byte ${count(header.dataEnd)}, ${found}).`;
}

interface LocalHeader {
  readonly name: string;
  readonly dataStart: number;
  /** Unknown where the writer streamed: the sizes follow the data. */
  readonly dataEnd: number | undefined;
}

/** Reads a local file header (APPNOTE 4.3.7); `undefined` where there is another record. */
async function readLocalHeader(handle: FileHandle, at: number): Promise<LocalHeader | undefined> {
  const fixed = await readAt(handle, at, LOCAL_HEADER);
  if (fixed.length < LOCAL_HEADER || fixed.readUInt32LE(0) !== SIGNATURE.localHeader) return undefined;
  const [flags, packed] = [fixed.readUInt16LE(6), fixed.readUInt32LE(18)];
  const [nameLength, extraLength] = [fixed.readUInt16LE(26), fixed.readUInt16LE(28)];
  const name = (await readAt(handle, at + LOCAL_HEADER, nameLength)).toString('utf8');
  const dataStart = at + LOCAL_HEADER + nameLength + extraLength;
  const followsData = (flags & 8) !== 0 && packed === 0;
  const isUnknown = followsData || packed === UNKNOWN_SIZE;
  return { name, dataStart, dataEnd: isUnknown ? undefined : dataStart + packed };
}

/** The next local header or directory record at or after `from`, found by its signature. */
async function findSignature(handle: FileHandle, from: number, size: number): Promise<number | undefined> {
  const CHUNK = 1 << 20;
  const signatures = [SIGNATURE.localHeader, SIGNATURE.directory].map(toBytes);
  for (let at = from; at < size; at += CHUNK) {
    const chunk = await readAt(handle, at, CHUNK + 3);
    const hits = signatures.map((signature) => chunk.indexOf(signature)).filter((hit) => hit >= 0);
    if (hits.length > 0) return at + Math.min(...hits);
  }
  return undefined;
}

function toBytes(signature: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return bytes;
}

/** Up to `length` bytes from `at`: fewer at the file's end. */
async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}
