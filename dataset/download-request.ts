import { GraftError } from '../errors/graft-error.js';
import { parseHttpUrl, showUrl } from './safe-url.js';

/** The network or the server failed for now: time-out, cut, 5xx, 408, 429. Retried. */
export class DownloadFailed extends GraftError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { ...options, retryable: true });
  }
}

/** The server refuses for good (404, 403), or what it sends is not what is expected. Never retried; a mirror may do. */
export class DownloadRefused extends GraftError {}

/** What identifies one version of a file on a server; empty where the server says nothing. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface RequestTimes {
  /** Longest wait for an answer's first line. Default 30 s; connecting may take 10 s of them (fetch's own limit). */
  readonly answerMs: number;
  /** Longest pause between two pieces of an answer. Default 30 s. */
  readonly stallMs: number;
}

export const REQUEST_TIMES: RequestTimes = { answerMs: 30_000, stallMs: 30_000 };

const MOST_REDIRECTS = 5;

/** An answer whose body can be given up, with the caller's signal already in it. */
export interface Answer {
  readonly response: Response;
  readonly abandon: AbortController;
}

/**
 * Sends a request and follows redirects, to http and https only. Throws {@link DownloadFailed} without an answer, and
 * the signal's reason where it was aborted.
 */
export async function request(
  url: URL,
  init: { readonly method: 'GET' | 'HEAD'; readonly headers?: Readonly<Record<string, string>> },
  { times, signal }: { readonly times: RequestTimes; readonly signal?: AbortSignal | undefined },
): Promise<Answer> {
  let at = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await send(at, init, { times, signal });
    const location = answer.response.headers.get('location');
    if (answer.response.status < 300 || answer.response.status > 308 || location === null) return answer;
    answer.abandon.abort();
    at = parseHttpUrl(URL.canParse(location, at.href) ? new URL(location, at).href : location);
  }
  throw new DownloadRefused(`${showUrl(url)} redirects more than ${MOST_REDIRECTS} times`);
}

async function send(
  url: URL,
  init: { readonly method: 'GET' | 'HEAD'; readonly headers?: Readonly<Record<string, string>> },
  { times, signal }: { readonly times: RequestTimes; readonly signal?: AbortSignal | undefined },
): Promise<Answer> {
  const abandon = new AbortController();
  const timer = setTimeout(() => abandon.abort(), times.answerMs);
  const { bare, authorization } = takeCredentials(url);
  try {
    const response = await fetch(bare, {
      method: init.method,
      // Encoded bodies have no meaningful length and cannot be resumed.
      headers: { 'accept-encoding': 'identity', ...authorization, ...init.headers },
      redirect: 'manual',
      signal: signal === undefined ? abandon.signal : AbortSignal.any([abandon.signal, signal]),
    });
    return { response, abandon };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new DownloadFailed(`${showUrl(url)} does not answer (${describeCause(cause, times)})`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch refuses URLs with credentials; they go where they belong. */
function takeCredentials(url: URL): {
  readonly bare: URL;
  readonly authorization: Readonly<Record<string, string>>;
} {
  if (url.username === '' && url.password === '') return { bare: url, authorization: {} };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return { bare, authorization: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** fetch wraps the reason: `TypeError: fetch failed`, cause `ECONNREFUSED`. Its text may hold the URL: codes only. */
export function describeCause(error: unknown, times: RequestTimes): string {
  if (error instanceof Error && error.name === 'AbortError')
    return `time-out after ${times.answerMs / 1000} s`;
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') return inner.code;
  return inner instanceof Error ? inner.name : 'unknown reason';
}

/** The file's version as the server names it, with only what is there. */
export function readValidators(headers: Headers): Validators {
  const [etag, lastModified] = [headers.get('etag'), headers.get('last-modified')];
  return {
    ...(etag === null ? {} : { etag }),
    ...(lastModified === null ? {} : { lastModified }),
  };
}
