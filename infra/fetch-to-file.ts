import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface FetchToFileOptions {
  readonly signal?: AbortSignal | undefined;
  /** Until the response's headers are there, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Between two pieces of the body, in milliseconds. Default 30,000. */
  readonly stallTimeoutMs?: number;
  /** More bytes than this are refused. */
  readonly maxBytes: number;
  /** Called with the bytes so far and the total where the server told it. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
}

/** The message completes "the download of <url> …" already. */
class Refused extends Error {}

/**
 * Streams a URL into a file and returns the SHA-256 of what was written, as hex.
 *
 * Throws an error whose message completes "the download of <url> …". The file is left behind half-written on failure:
 * the caller's folder is temporary.
 */
export async function fetchToFile(url: string, file: string, options: FetchToFileOptions): Promise<string> {
  const { signal, connectTimeoutMs = 10_000, stallTimeoutMs = 30_000 } = options;
  const deadline = createDeadline(signal);
  try {
    deadline.set(connectTimeoutMs, `did not answer within ${connectTimeoutMs / 1000} s`);
    const response = await fetch(url, { signal: deadline.signal, redirect: 'follow' });
    if (!response.ok || response.body === null)
      throw new Refused(`was answered with HTTP ${response.status}`);
    const total = Number(response.headers.get('content-length')) || undefined;
    const hash = createHash('sha256');
    let received = 0;
    const watch = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        deadline.set(stallTimeoutMs, `stopped for ${stallTimeoutMs / 1000} s`);
        received += chunk.length;
        hash.update(chunk);
        options.onProgress?.(received, total);
        done(
          received > options.maxBytes ? new Refused(`is longer than ${options.maxBytes} bytes`) : null,
          chunk,
        );
      },
    });
    await pipeline(response.body, watch, createWriteStream(file), { signal: deadline.signal });
    return hash.digest('hex');
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(deadline.passed() ?? reasonOf(error), { cause: error });
  } finally {
    deadline.clear();
  }
}

interface Deadline {
  readonly signal: AbortSignal;
  set(milliseconds: number, reason: string): void;
  clear(): void;
  /** The reason, once the time has run out. */
  passed(): string | undefined;
}

function createDeadline(signal: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let passed: string | undefined;
  return {
    signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
    set(milliseconds, reason) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        passed = reason;
        controller.abort();
      }, milliseconds);
    },
    clear: () => clearTimeout(timer),
    passed: () => passed,
  };
}

/** `fetch` hides what happened in its cause: "fetch failed" alone tells nobody that a name did not resolve. */
function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string')
    return `failed (${cause.code})`;
  return `failed: ${cause instanceof Error ? cause.message : String(cause)}`;
}
