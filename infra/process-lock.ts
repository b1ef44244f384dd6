import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';

export const processIdentitySchema = z.object({
  pid: z.number().int().positive(),
  started: z.string().nullable(),
  host: z.string(),
});

/** How often a waiter looks again, in milliseconds. */
const POLL_MS = 100;
/** A lock file that nobody has finished writing for this long belongs to a process killed between two system calls. */
const UNREADABLE_STALE_MS = 5_000;
/** Whether a holder on another machine lives cannot be asked; no build or start takes longer than this. */
const FOREIGN_STALE_MS = 30 * 60_000;

export interface ProcessLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if somebody else holds the lock. */
  readonly onWait?: (holder: ProcessIdentity | undefined) => void;
}

/**
 * Runs `body` while this process alone holds the lock file, and waits for its turn before.
 *
 * The lock of a process that died, even by `kill -9`, is broken: the file names its holder by pid and start time.
 * Errors: those of `body`, and the signal's reason if the wait is aborted.
 */
export async function withProcessLock<T>(
  file: string,
  options: ProcessLockOptions,
  body: () => Promise<T>,
): Promise<T> {
  await acquire(file, options);
  try {
    return await body();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, { signal, onWait }: ProcessLockOptions): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const own = JSON.stringify(await identifyProcess(process.pid));
  for (let waited = false; ;) {
    signal?.throwIfAborted();
    if (await createExclusively(file, own)) return;
    const held = await readFile(file, 'utf8').catch(() => undefined);
    if (held === undefined) continue; // released between the two calls
    const holder = parseHolder(held);
    if (await isStale(file, holder)) {
      await breakLock(file, held);
      continue;
    }
    if (!waited) onWait?.(holder);
    waited = true;
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

async function createExclusively(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function parseHolder(content: string): ProcessIdentity | undefined {
  try {
    return processIdentitySchema.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

async function isStale(file: string, holder: ProcessIdentity | undefined): Promise<boolean> {
  if (holder !== undefined && (await isRunning(holder))) return false;
  if (holder?.host === hostname()) return true;
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > (holder === undefined ? UNREADABLE_STALE_MS : FOREIGN_STALE_MS);
}

/** Moves the dead lock aside before removing it, so that a lock taken by another waiter meanwhile is put back. */
async function breakLock(file: string, dead: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return; // another waiter was quicker
  }
  const moved = await readFile(aside, 'utf8').catch(() => dead);
  if (moved !== dead) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}
