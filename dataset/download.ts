import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import pRetry from 'p-retry';
import { BadInput, GraftError } from '../errors/graft-error.js';
import { attemptDownload, type DownloadProgress } from './download-attempt.js';
import { assertContent, assertKind, type ExpectedContent, findFault, isKnown } from './download-checks.js';
import { type DownloadKind, ZIP_ARCHIVE } from './download-kind.js';
import { whileLocked } from './download-lock.js';
import { type DownloadRecord, readRecord, writeRecord } from './download-record.js';
import {
  DownloadFailed,
  readValidators,
  request,
  REQUEST_TIMES,
  type RequestTimes,
} from './download-request.js';
import { objectName } from './object-name.js';
import { parseHttpUrl } from './safe-url.js';

export interface DownloadOptions extends ExpectedContent {
  /** Where the file is kept; made if it is not there. */
  readonly folder: string;
  /** Default: a zip archive. */
  readonly kind?: DownloadKind;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Tries per address after the first; one that got a megabyte further does not count. Default 2: the activity around it is retried, too. */
  readonly retries?: number;
  /** Pause before the second try, doubled for each further one. Default 1,000. */
  readonly retryDelayMs?: number;
  readonly times?: RequestTimes;
  /** Largest file. Default 64 GiB. */
  readonly maxBytes?: number;
}

/** A try that got this much further costs none of the retries: a slow line is no broken one. */
const WORTH_ANOTHER_TRY = 2 ** 20;

/**
 * Downloads a file, a zip archive unless `kind` says otherwise, from the first of `urls` that has it and returns its
 * path in `folder`.
 *
 * A cut download goes on where it ended; a complete one is used again as long as its server names the same version (or
 * does not answer). Messages never hold an address's credentials.
 *
 * Throws {@link BadInput} where every address refuses or has something else, `DownloadFailed` (to be retried) where one
 * of them may work later.
 */
export async function downloadArchive(urls: readonly string[], options: DownloadOptions): Promise<string> {
  const addresses = urls.map(parseHttpUrl);
  await mkdir(options.folder, { recursive: true });
  for (const url of addresses) {
    const kept = await findKept(url, options);
    if (kept !== undefined) return kept;
  }
  const failures: GraftError[] = [];
  for (const url of addresses) {
    try {
      return await whileLocked(partOf(url, options), () => downloadFrom(url, options));
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof GraftError)) throw error;
      failures.push(error);
    }
  }
  throw summarise(failures, options);
}

function summarise(failures: readonly GraftError[], { kind = ZIP_ARCHIVE }: DownloadOptions): GraftError {
  const reasons = failures.map(({ message }) => message).join('; ');
  const cause = failures.at(-1);
  if (failures.some(({ retryable }) => retryable))
    return new DownloadFailed(
      `The download failed: ${reasons}. Run again when the network works: Graft goes on where it ended.`,
      { cause },
    );
  return new BadInput(
    `The download failed: ${reasons}. Check the address, or download the file and pass it as ${kind.option}.`,
    { cause },
  );
}

/** Names of kept files begin with the address's last part, for people, and end with a hash of all of it. */
function fileOf(url: URL, { folder, kind = ZIP_ARCHIVE }: DownloadOptions): string {
  const digest = createHash('sha256').update(url.href).digest('hex').slice(0, 12);
  const last = basename(url.pathname);
  const stem = last.toLowerCase().endsWith(kind.ending) ? last.slice(0, -kind.ending.length) : last;
  return join(folder, `${objectName(stem || 'archive')}-${digest}${kind.ending}`);
}

const partOf = (url: URL, options: DownloadOptions): string => `${fileOf(url, options)}.part`;

/** An earlier download that is whole and still what the server has. */
async function findKept(url: URL, options: DownloadOptions): Promise<string | undefined> {
  const file = fileOf(url, options);
  const record = await readRecord(file);
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (record === undefined || size === undefined || record.size !== size) return undefined;
  const isSame = isKnown(options)
    ? (await findFault(file, options)) === undefined
    : await isStillCurrent(url, record, options);
  return isSame ? file : undefined;
}

/** Asks the server for the version it has. No answer, or one without a version, speaks for what is here. */
async function isStillCurrent(url: URL, record: DownloadRecord, options: DownloadOptions): Promise<boolean> {
  const { times = REQUEST_TIMES, signal } = options;
  try {
    const { response, abandon } = await request(url, { method: 'HEAD' }, { times, signal });
    abandon.abort();
    if (!response.ok) return true;
    const { etag, lastModified } = readValidators(response.headers);
    if (etag !== undefined && record.etag !== undefined) return etag === record.etag;
    if (lastModified !== undefined && record.lastModified !== undefined)
      return lastModified === record.lastModified;
    return true;
  } catch (error) {
    if (error instanceof GraftError) return true;
    throw error;
  }
}

async function downloadFrom(url: URL, options: DownloadOptions): Promise<string> {
  const part = partOf(url, options);
  const validators = await retryAttempts(url, part, options);
  try {
    await assertKind(url, part, options.kind ?? ZIP_ARCHIVE);
    await assertContent(url, part, options);
  } catch (error) {
    await discard(part);
    throw error;
  }
  const file = fileOf(url, options);
  await writeRecord(file, { ...validators, size: (await stat(part)).size });
  await rename(part, file);
  await rm(`${part}.json`, { force: true });
  return file;
}

async function retryAttempts(url: URL, part: string, options: DownloadOptions): Promise<DownloadRecord> {
  const { onProgress, signal, retries = 2, retryDelayMs = 1000, times = REQUEST_TIMES } = options;
  const maxBytes = options.maxBytes ?? 64 * 2 ** 30;
  const sizeOfPart = () =>
    stat(part).then(
      ({ size }) => size,
      () => 0,
    );
  let before = await sizeOfPart();
  return pRetry(() => attemptDownload({ url, part, maxBytes, times, signal, onProgress }), {
    retries,
    minTimeout: retryDelayMs,
    ...(signal === undefined ? {} : { signal }),
    shouldRetry: ({ error }) => error instanceof DownloadFailed,
    shouldConsumeRetry: async () => {
      const now = await sizeOfPart();
      const progressed = now - before >= WORTH_ANOTHER_TRY;
      before = now;
      return !progressed;
    },
  });
}

async function discard(part: string): Promise<void> {
  await Promise.all([rm(part, { force: true }), rm(`${part}.json`, { force: true })]);
}
