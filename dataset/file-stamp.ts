import type { BigIntStats } from 'node:fs';

/** The coarsest clock of a file system in use, FAT's: two writes within it may leave the same times. */
const COARSEST_CLOCK_MS = 2_000;

/**
 * What tells one state of a file from the next without reading it: the times of its last change in nanoseconds, and its
 * inode. Tools that copy set the first time (`mtime`) back; the second (`ctime`) is the kernel's own.
 *
 * `undefined` where the file was changed less than 2 s before `now` (milliseconds since 1970), or after it: one more
 * write may leave the same times. Git calls such entries of its index racily clean (technical/racy-git).
 *
 * @param now a moment before the file was looked at
 */
export function stampOf(found: BigIntStats, now: number): string | undefined {
  const changed = Math.max(Number(found.mtimeMs), Number(found.ctimeMs));
  if (now - changed < COARSEST_CLOCK_MS) return undefined;
  return `${found.mtimeNs}.${found.ctimeNs}.${found.ino}`;
}
