import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Environment } from './environment.js';

/** `temporal` on POSIX, `temporal.exe` on Windows. */
export const executableName = (program: string): string =>
  process.platform === 'win32' ? `${program}.exe` : program;

/**
 * The first executable called `program` on the PATH.
 *
 * Relative entries are skipped: what a dataset's folder calls `temporal` must never be run.
 */
export async function programOnPath(program: string, environment: Environment): Promise<string | undefined> {
  const path = environment['PATH'] ?? environment['Path'] ?? '';
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const file = join(folder, executableName(program));
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** Whether `file` is a regular file that this user may run. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
