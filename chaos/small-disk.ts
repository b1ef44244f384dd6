import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from '../storage/file-errors.js';

const run = promisify(execFile);

/** A file system of its own, with little room. */
export interface SmallDisk {
  /** Writes until nothing more fits. */
  fill(): Promise<void>;
  /** Makes the room again. */
  empty(): Promise<void>;
  unmount(): Promise<void>;
}

/** Sizes of the pieces that it is filled with: the last leaves no room for even a page. */
const PIECES = [4 * 1024 * 1024, 4 * 1024];

/** Mounts a tmpfs of so many megabytes on a folder, which is made; undefined where this user may not. */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk | undefined> {
  await mkdir(folder, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'graft-chaos', folder]);
  } catch {
    return undefined;
  }
  const ballast = join(folder, 'ballast');
  return {
    fill: () => fill(ballast),
    empty: () => rm(ballast, { force: true }),
    // Lazily: a worker that was just killed may still be on its way out.
    unmount: async () => {
      await run('umount', ['--lazy', folder]);
    },
  };
}

async function fill(ballast: string): Promise<void> {
  const file = await open(ballast, 'a');
  try {
    for (const bytes of PIECES) await writeUntilFull(() => file.writeFile(Buffer.alloc(bytes)));
  } finally {
    await file.close();
  }
}

async function writeUntilFull(write: () => Promise<void>): Promise<void> {
  try {
    for (;;) await write();
  } catch (error) {
    if (!hasCode(error, 'ENOSPC')) throw error;
  }
}
