import { open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { GraftError } from '../errors/graft-error.js';

/** A lock that nobody has touched for this long was left behind. */
const STALE_AFTER_MS = 60_000;
const TOUCH_EVERY_MS = 10_000;

/** Locks that this process holds: its own number in a lock file alone may be that of an earlier container. */
const heldHere = new Set<string>();

/** Another process writes the same file now. Retried. */
class DownloadBusy extends GraftError {
  constructor(path: string) {
    super(`another download writes ${path} now; wait for it to end, then run again`, { retryable: true });
  }
}

/**
 * Runs `work` while this process alone may write `path`. A lock that a dead process left behind is taken over. Throws
 * {@link DownloadBusy} where somebody else holds it.
 */
export async function whileLocked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  if (heldHere.has(lock)) throw new DownloadBusy(path);
  heldHere.add(lock);
  try {
    await take(lock, path);
    return await workAndTouch(lock, work);
  } finally {
    heldHere.delete(lock);
  }
}

async function workAndTouch<T>(lock: string, work: () => Promise<T>): Promise<T> {
  const touch = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, TOUCH_EVERY_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(touch);
    await rm(lock, { force: true });
  }
}

async function take(lock: string, path: string): Promise<void> {
  for (const isLastTry of [false, true]) {
    try {
      const handle = await open(lock, 'wx');
      await handle.writeFile(String(process.pid)).finally(() => handle.close());
      return;
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (isLastTry || (await isHeld(lock))) throw new DownloadBusy(path);
      await rm(lock, { force: true });
    }
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

async function isHeld(lock: string): Promise<boolean> {
  try {
    const [owner, { mtimeMs }] = [Number(await readFile(lock, 'utf8')), await stat(lock)];
    const isFresh = Date.now() - mtimeMs < STALE_AFTER_MS;
    return isFresh && owner !== process.pid && (owner === 0 || isAlive(owner));
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
