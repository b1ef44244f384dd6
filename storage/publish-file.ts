import { link, lstat, rename } from 'node:fs/promises';
import pRetry from 'p-retry';
import { hasCode } from './file-errors.js';

/** FAT, exFAT and some network drives know no second names. Windows calls that EISDIR ("invalid function"). */
const CANNOT_LINK = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR'];

/**
 * Gives a finished temporary file its final name, unless something has that name already.
 *
 * `link()` decides atomically between processes. Where the file system cannot link, the name is looked up and then
 * renamed to: two writers in the same instant may both win, which does no harm to objects named by their content.
 *
 * @returns whether the name was free
 */
export async function publishNew(
  temporary: string,
  target: string,
  makeLink: typeof link = link,
): Promise<boolean> {
  try {
    await makeLink(temporary, target);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, ...CANNOT_LINK)) throw error;
  }
  if (await exists(target)) return false;
  await publishOver(temporary, target);
  return true;
}

/** Gives a finished temporary file its final name and replaces what had it; readers see the old or the new, never a mix. */
export async function publishOver(temporary: string, target: string): Promise<void> {
  await pRetry(() => rename(temporary, target), {
    retries: 6,
    minTimeout: 10,
    shouldRetry: ({ error }) => isHeldByAnotherProcess(error),
  });
}

/** Windows refuses to replace a file for the moment in which a virus scanner or a reader has it open. */
function isHeldByAnotherProcess(error: unknown): boolean {
  return hasCode(error, 'EBUSY') || (process.platform === 'win32' && hasCode(error, 'EPERM', 'EACCES'));
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
