import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { readRecord, writeRecord } from './download-record.js';
import {
  type Answer,
  describeCause,
  DownloadFailed,
  DownloadRefused,
  readValidators,
  request,
  type RequestTimes,
  type Validators,
} from './download-request.js';
import { count } from './quote.js';
import { showUrl } from './safe-url.js';

/** Bytes so far, and all where the server says how many. */
export interface DownloadProgress {
  /** The address, without credentials. */
  readonly url: string;
  readonly received: number;
  readonly total: number | undefined;
}

export interface AttemptOptions {
  readonly url: URL;
  /** The unfinished file; what is in it is continued. */
  readonly part: string;
  readonly maxBytes: number;
  readonly times: RequestTimes;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/**
 * One try to complete the unfinished file, from where an earlier one ended if the server can and still has the same
 * file (RFC 9110, 13.1.5 If-Range). Throws `DownloadFailed`, after which the next try goes on, or `DownloadRefused`.
 */
export async function attemptDownload(options: AttemptOptions): Promise<Validators> {
  const { url, part, times, signal } = options;
  const offset = await resumableBytes(part);
  const headers = offset === 0 ? {} : await rangeFrom(part, offset);
  const answer = await request(url, { method: 'GET', headers }, { times, signal });
  try {
    const start = await readStart(answer.response, offset, options);
    const validators = readValidators(answer.response.headers);
    await writeRecord(part, validators);
    await receive(answer, start, options);
    return validators;
  } finally {
    answer.abandon.abort();
  }
}

/** Bytes that may be continued: without a validator nobody knows what they belong to. */
async function resumableBytes(part: string): Promise<number> {
  const record = await readRecord(part);
  if (record === undefined || rangeValidator(record) === undefined) return 0;
  return stat(part).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Weak entity tags do not promise equal bytes. */
function rangeValidator({ etag, lastModified }: Validators): string | undefined {
  return etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
}

async function rangeFrom(part: string, offset: number): Promise<Readonly<Record<string, string>>> {
  const record = await readRecord(part);
  const validator = record === undefined ? undefined : rangeValidator(record);
  return validator === undefined ? {} : { range: `bytes=${offset}-`, 'if-range': validator };
}

interface Start {
  /** Where the answer's first byte belongs. */
  readonly offset: number;
  /** Size of the whole file, where it is known. */
  readonly total: number | undefined;
}

async function readStart(response: Response, offset: number, options: AttemptOptions): Promise<Start> {
  const { url, part, maxBytes } = options;
  if (response.status === 416) {
    await rm(part, { force: true });
    throw new DownloadFailed(`${showUrl(url)} cannot go on at byte ${count(offset)}; starting again`);
  }
  assertOk(response, url);
  const start = response.status === 206 ? readRange(response, offset, url) : readWhole(response);
  if (start.total !== undefined && start.total > maxBytes) throw tooLarge(url, start.total, maxBytes);
  return start;
}

function assertOk({ status }: Response, url: URL): void {
  if (status === 200 || status === 206) return;
  const answered = `${showUrl(url)} answers with status ${status}`;
  if (status >= 500 || status === 408 || status === 429) throw new DownloadFailed(answered);
  throw new DownloadRefused(answered);
}

function readRange(response: Response, offset: number, url: URL): Start {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (range === null || Number(range[1]) !== offset)
    throw new DownloadRefused(`${showUrl(url)} sends another range than the one asked for`);
  return { offset, total: range[2] === '*' ? undefined : Number(range[2]) };
}

function readWhole({ headers }: Response): Start {
  const length = headers.get('content-length');
  return { offset: 0, total: length === null ? undefined : Number(length) };
}

async function receive(answer: Answer, start: Start, options: AttemptOptions): Promise<void> {
  const handle = await open(options.part, start.offset === 0 ? 'w' : 'r+');
  try {
    const received = await copyBody(answer, handle, start, options);
    await handle.sync();
    if (start.total !== undefined && received !== start.total)
      throw new DownloadFailed(
        `${showUrl(options.url)} ended at ${count(received)} of ${count(start.total)} bytes`,
      );
  } finally {
    await handle.close();
  }
}

async function copyBody(
  { response, abandon }: Answer,
  handle: FileHandle,
  { offset, total }: Start,
  { url, maxBytes, times, signal, onProgress }: AttemptOptions,
): Promise<number> {
  let received = offset;
  const stalled = setTimeout(() => abandon.abort(), times.stallMs);
  try {
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      stalled.refresh();
      if (received + piece.byteLength > maxBytes) throw tooLarge(url, received + piece.byteLength, maxBytes);
      await handle.write(piece, 0, piece.byteLength, received);
      received += piece.byteLength;
      onProgress?.({ url: showUrl(url), received, total });
    }
    return received;
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof DownloadRefused || isDiskError(cause)) throw cause;
    const reason = abandon.signal.aborted
      ? `nothing came for ${times.stallMs / 1000} s`
      : describeCause(cause, times);
    throw new DownloadFailed(`${showUrl(url)} was cut at ${count(received)} bytes (${reason})`, { cause });
  } finally {
    clearTimeout(stalled);
  }
}

function tooLarge(url: URL, bytes: number, maxBytes: number): DownloadRefused {
  return new DownloadRefused(
    `${showUrl(url)} has ${count(bytes)} bytes or more, above the limit of ${count(maxBytes)}`,
  );
}

const isDiskError = (error: unknown): boolean =>
  error instanceof Error &&
  'syscall' in error &&
  error.syscall === 'write' &&
  'code' in error &&
  error.code !== 'EPIPE';
