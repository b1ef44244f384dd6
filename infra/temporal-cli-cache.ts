import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isExecutable } from './program-on-path.js';
import {
  cachedCliPath,
  cliFolder,
  type Search,
  StepFailed,
  type TemporalCli,
  verifyCli,
} from './temporal-cli-search.js';

const SCRATCH_PREFIX = 'making-';

/** The CLI that an earlier download or build left in Graft's cache. */
export async function findCachedCli(search: Search): Promise<TemporalCli> {
  const path = cachedCliPath(search.environment);
  if (!(await isExecutable(path))) throw new StepFailed(`the cache has none yet (${path})`);
  return verifyCli(path, 'cache', search);
}

/** Runs the new binary once and moves it into the cache in one step, so that nobody ever sees half a file. */
export async function moveIntoCache(
  binary: string,
  from: 'download' | 'go build',
  search: Search,
): Promise<TemporalCli> {
  await chmod(binary, 0o755);
  const { version } = await verifyCli(binary, from, search);
  const path = cachedCliPath(search.environment);
  await rename(binary, path);
  return { path, version, from };
}

/**
 * A new folder beside the cached binary, handed to `body` and removed afterwards: on the same file system, so that the
 * binary can be renamed into place, and never in a /tmp that is too small for a Go build.
 */
export async function withScratchFolder<T>(
  name: string,
  search: Search,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(cliFolder(search.environment), `${SCRATCH_PREFIX}${name}-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    return await body(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** Removes what killed processes left behind. Only for the holder of the install lock: nobody else is making anything. */
export async function removeOldScratch(search: Search): Promise<void> {
  const folder = cliFolder(search.environment);
  const entries = await readdir(folder).catch(() => []);
  for (const entry of entries.filter((name) => name.startsWith(SCRATCH_PREFIX)))
    await removeFolder(join(folder, entry));
}

const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
