import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BadInput } from '../../errors/graft-error.js';

/** Files that benches read and that may not be shipped, in the folder `GRAFT_SHARED`; default `../shared`. */
const PLACES = {
  photographs: 'data/Food-5K-full-300.zip',
  food5k: 'data/Food-5K-256.zip',
  vgg16: 'fixtures/vgg16/vgg16-full.h5',
} as const;

/**
 * The path that was typed, else where such a file lies in the shared folder.
 *
 * @throws `BadInput` where there is none.
 */
export function benchFile(typed: string | undefined, what: keyof typeof PLACES, usage: string): string {
  const path = typed ?? join(process.env['GRAFT_SHARED'] ?? resolve('../shared'), PLACES[what]);
  if (existsSync(path)) return path;
  throw new BadInput(`There is no ${path}. Name the file, or set GRAFT_SHARED: ${usage}`);
}
