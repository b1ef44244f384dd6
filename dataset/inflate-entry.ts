import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { BadInput } from '../errors/graft-error.js';
import { count, quote } from './quote.js';
import { ARCHIVE_LIMITS } from './source-limits.js';
import type { ZipEntry } from './zip-entry-rules.js';

/**
 * The bytes of an archive's entry. yauzl stops one that inflates to more or less than its directory declares; the checksum
 * is up to us. Throws {@link BadInput} where the entry is damaged or too large.
 *
 * @param archive how messages name it
 */
export async function inflateEntry(
  zip: ZipFile,
  { path, entry, archive }: Omit<ZipEntry, 'kind'> & { readonly archive: string },
): Promise<Uint8Array> {
  const damaged = (reason: string, cause?: unknown) =>
    new BadInput(`${quote(path)} in ${archive} is damaged (${reason}). Fetch or pack the archive again.`, {
      cause,
    });
  if (entry.uncompressedSize > ARCHIVE_LIMITS.maxFileBytes)
    throw damaged(`${count(entry.uncompressedSize)} bytes are too many for a picture`);
  const bytes = await readStream(zip, entry).catch((cause: unknown) => {
    throw damaged(cause instanceof Error ? cause.message : String(cause), cause);
  });
  if (crc32(bytes) !== entry.crc32) throw damaged('its checksum does not match its bytes');
  return bytes;
}

async function readStream(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
