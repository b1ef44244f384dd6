import { sep } from 'node:path';
import { BadInput } from '../errors/graft-error.js';
import { assertKey } from './object-key.js';

/** The folder, directly under a store's root, in which objects grow before they get their names. */
export const TEMPORARY_FOLDER = '.graft-tmp';

/** Names that operating systems put among the objects: Finder's settings, files that NFS keeps for late readers. */
const FOREIGN_NAME = /^(\.DS_Store|\.nfs[0-9a-f]+)$/;

/** What Windows would write under another name, or to a device. */
const NOT_FOR_WINDOWS = /[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Whether a key belongs to Graft's temporary folder or to the operating system, so that no object may have it. */
export function isForeign(key: string): boolean {
  const segments = key.split('/');
  return segments[0] === TEMPORARY_FOLDER || segments.some((segment) => FOREIGN_NAME.test(segment));
}

/**
 * The path of an object's file. `root` is an absolute path as `resolve` gives it; a key has no `.` and no `..`, so that
 * nothing is left for `join` to do, which would take most of the time.
 *
 * Throws `BadInput` for a key that would leave the store or that its platform cannot name.
 */
export function filePath(root: string, key: string, platform: NodeJS.Platform = process.platform): string {
  assertKey(key);
  if (isForeign(key))
    throw new BadInput(
      `The object key ${JSON.stringify(key)} cannot be used: the name is reserved. Rename the file or the class that it is made from.`,
    );
  if (platform === 'win32' && key.split('/').some((segment) => NOT_FOR_WINDOWS.test(segment)))
    throw new BadInput(
      `The object key ${JSON.stringify(key)} cannot be used: Windows does not allow such a file name. Rename the file or the class that it is made from, or use an s3:// store.`,
    );
  return `${root.endsWith(sep) ? root : root + sep}${sep === '/' ? key : key.replaceAll('/', sep)}`;
}
