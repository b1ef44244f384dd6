import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Sha256 } from './dataset.js';
import type { DownloadKind } from './download-kind.js';
import { DownloadRefused } from './download-request.js';
import { sniffFormat } from './image-format.js';
import { count } from './quote.js';
import { showUrl } from './safe-url.js';

/** What is known of a file before it is downloaded. Hashes are hexadecimal. */
export interface ExpectedContent {
  readonly sha256?: Sha256 | undefined;
  /** For files whose publisher names no better hash. */
  readonly md5?: string | undefined;
  readonly bytes?: number | undefined;
}

/** Whether a kept file can be judged without asking its server. */
export const isKnown = ({ sha256, md5 }: ExpectedContent): boolean =>
  sha256 !== undefined || md5 !== undefined;

/** What is wrong with a file, as the end of a sentence: `a file of 9 bytes, expected 58,889,256`; undefined: nothing. */
export async function findFault(file: string, expected: ExpectedContent): Promise<string | undefined> {
  const { size } = await stat(file);
  if (expected.bytes !== undefined && size !== expected.bytes)
    return `a file of ${count(size)} bytes, expected ${count(expected.bytes)}`;
  for (const [algorithm, shown, hash] of [
    ['sha256', 'SHA-256', expected.sha256],
    ['md5', 'MD5', expected.md5],
  ] as const) {
    if (hash === undefined) continue;
    const found = await hashFile(file, algorithm);
    if (found !== hash.toLowerCase()) return `a file with ${shown} ${found}, expected ${hash}`;
  }
  return undefined;
}

/** A page that asks for a log-in comes with status 200 too; kept, it would stand in the way of the next try. */
export async function assertKind(url: URL, file: string, { magic, expected }: DownloadKind): Promise<void> {
  const start = Buffer.alloc(512);
  const handle = await open(file);
  const { bytesRead } = await handle.read(start, 0, start.length, 0).finally(() => handle.close());
  if (start.toString('latin1', 0, magic.length) === magic) return;
  const sniffed = sniffFormat(start.subarray(0, bytesRead));
  throw new DownloadRefused(
    `${showUrl(url)} sends ${'other' in sniffed ? sniffed.other.replace(/^of/, 'something of') : `a ${sniffed.format} picture`}, expected ${expected}`,
  );
}

export async function assertContent(url: URL, file: string, expected: ExpectedContent): Promise<void> {
  const fault = await findFault(file, expected);
  if (fault !== undefined) throw new DownloadRefused(`${showUrl(url)} sends ${fault}`);
}

export async function hashFile(file: string, algorithm: 'sha256' | 'md5' = 'sha256'): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
