import { stat } from 'node:fs/promises';
import { ObjectConflict, StoreRefused, StoreUnavailable } from './object-store.js';

/** Whether `error` is one of Node's system errors with one of these codes, such as `'ENOENT'`. */
export function hasCode(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  EXDEV: 'a part of it lies on another file system',
  ELOOP: 'symbolic links lead in a circle',
  ENAMETOOLONG: 'the path is too long',
};

const PASSING_TROUBLE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the disk quota is used up; free some space',
  EIO: 'the disk reports an input/output error; look at the system log',
  EMFILE: 'too many files are open; raise `ulimit -n`',
  ENFILE: 'too many files are open on this machine',
};

const UNMADE =
  'a folder in it cannot be made; check that the file system is not read-only, or choose another one with --store';

/**
 * What a file system's error means for the store: {@link StoreRefused} where only a person can help, {@link StoreUnavailable}
 * where trying again may. Whatever is no system error is handed back as it came.
 *
 * @param doing what was tried, to be read after "cannot": `write "a/b"`
 */
export async function explainFileError(error: unknown, root: string, doing: string): Promise<unknown> {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error;
  const code = String(error.code);
  const sentence = `The store ${root} cannot ${doing}`;

  if (hasCode(error, 'ENOTDIR', 'EEXIST') && !(await isFolder(root)))
    return new StoreRefused(
      `The store ${root} is not a folder, or lies below a file. Choose another one with --store.`,
      { cause: error },
    );
  if (hasCode(error, 'ENOTDIR', 'EEXIST'))
    return new StoreRefused(
      `${sentence}: a file lies where it expects a folder (${code}). Move that file away, or choose another folder with --store.`,
      { cause: error },
    );
  if (hasCode(error, 'EISDIR', 'ENOTEMPTY'))
    return new ObjectConflict(`${sentence}: a folder has that name. Move the folder away and run again.`, {
      cause: error,
    });
  const reason = REASONS[code];
  if (reason !== undefined)
    return new StoreRefused(
      `${sentence}: ${reason} (${code}). Give this user access to the folder, or choose another one with --store.`,
      { cause: error },
    );
  // Node's recursive mkdir says ENOENT where the file system is read-only (seen with Node 20).
  const isUnmade = code === 'ENOENT' && error.syscall === 'mkdir';
  const trouble = isUnmade ? UNMADE : (PASSING_TROUBLE[code] ?? error.message);
  return new StoreUnavailable(`${sentence}: ${trouble} (${code}).`, { cause: error });
}

/** Whether a folder is there; a link to one counts. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
