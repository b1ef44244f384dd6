import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { BadInput } from '../errors/graft-error.js';
import { quote } from './quote.js';

/**
 * The real path (no links in it) of a local source, which must lie under one of `roots`: whoever may start workflows
 * should not read the worker's other files.
 *
 * Throws {@link BadInput} where it lies elsewhere, or is not there. What lies elsewhere gets the same sentence whether
 * it exists or not.
 */
export async function assertUnderRoots(path: string, roots: readonly string[]): Promise<string> {
  const real = await realOrUndefined(path);
  const realRoots = await Promise.all(
    roots.map(async (root) => (await realOrUndefined(root)) ?? resolve(root)),
  );
  const lies = (at: string) => [...realRoots, ...roots].some((root) => isUnder(at, resolve(root)));
  if (real === undefined && lies(resolve(path)))
    throw new BadInput(
      `The source ${quote(path)} does not exist; expected a folder of pictures, a .zip file or an http(s) URL of one.`,
    );
  if (real === undefined || !realRoots.some((root) => isUnder(real, root)))
    throw new BadInput(
      `The source ${quote(path)} lies outside of the folders that this worker may read (${roots.map(quote).join(', ')}). ` +
        'Move it there, or start graft up or graft worker with --allow and its folder.',
    );
  return real;
}

async function realOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}

function isUnder(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
