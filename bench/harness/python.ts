import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../infra/cache-folder.js';

const run = promisify(execFile);

/** Written last: an environment without it was interrupted while it was made. */
const COMPLETE = 'graft-bench-complete';

/**
 * Makes a Python environment that holds exactly these packages and what they need, in Graft's cache: the first time takes
 * as long as pip takes to download them, the next time nothing. Removing `<cache>/bench` costs only that time again.
 *
 * @param requirements pinned, as pip writes them: `numpy==2.4.6`.
 * @returns the path of its interpreter.
 * @throws with pip's own words where there is no `python3` with venv, or a package cannot be had.
 */
export async function openPython(requirements: readonly string[]): Promise<string> {
  const name = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), 'bench', `python-${name}`);
  const isWindows = process.platform === 'win32';
  const interpreter = join(folder, isWindows ? 'Scripts/python.exe' : 'bin/python');
  if (existsSync(join(folder, COMPLETE))) return interpreter;
  console.log(`Making a Python environment in ${folder}: ${requirements.join(', ')}`);
  await rm(folder, { recursive: true, force: true });
  await run(isWindows ? 'python' : 'python3', ['-m', 'venv', folder]);
  await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements]);
  await writeFile(join(folder, COMPLETE), '');
  return interpreter;
}
