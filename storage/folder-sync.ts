import { open } from 'node:fs/promises';
import { hasCode } from './file-errors.js';

/** What network and user-space file systems answer that cannot flush a folder: there is nothing to wait for then. */
const CANNOT_FLUSH_FOLDERS = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF'];

/**
 * Makes a function that flushes a folder's entries to the disk, so that names survive a power cut.
 *
 * Callers that arrive while a flush is under way share the next one (group commit): a flush covers every name that was
 * there when it started, and sixteen writers into one folder then wait for two flushes instead of sixteen.
 */
export function createFolderSync(
  flush: (folder: string) => Promise<void> = flushFolder,
): (folder: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();

  const start = (folder: string): Promise<void> => {
    waiting.delete(folder);
    const flushed = flush(folder).finally(() => {
      if (running.get(folder) === flushed) running.delete(folder);
    });
    running.set(folder, flushed);
    return flushed;
  };

  return (folder) => {
    const shared = waiting.get(folder);
    if (shared !== undefined) return shared;
    const previous = running.get(folder) ?? Promise.resolve();
    const begin = (): Promise<void> => start(folder);
    const next = previous.then(begin, begin);
    waiting.set(folder, next);
    return next;
  };
}

async function flushFolder(folder: string): Promise<void> {
  // Windows cannot open a folder as a file; NTFS journals names by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!hasCode(error, ...CANNOT_FLUSH_FOLDERS)) throw error;
  } finally {
    await handle.close();
  }
}
