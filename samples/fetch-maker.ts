import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Sha256 } from '../dataset/dataset.js';
import { GraftError } from '../errors/graft-error.js';
import type { IconSet } from './draw-icon.js';
import type { Maker } from './makers.js';
import type { Categories } from './select-icons.js';

/** What one maker's package holds: its drawings, and which shelf each lies on. */
export interface MakerIcons {
  readonly icons: IconSet;
  readonly categories: Categories;
}

/** Installs the packages of `makers`, at their pinned versions, into `folder` alone; runs no script of theirs. */
export async function installMakers(makers: readonly Maker[], folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  const wanted = makers.map((maker) => `${maker.package}@${maker.version}`);
  const flags = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact'];
  // Under `npm run`, the npm that runs this script; it also spares Windows its `npm.cmd`.
  const npm = process.env['npm_execpath'];
  const [program, ...first]: readonly [string, ...string[]] =
    npm === undefined ? ['npm'] : [process.execPath, npm];
  await promisify(execFile)(program, [...first, ...flags, ...wanted], { cwd: folder });
}

/**
 * Reads one installed maker.
 *
 * @throws GraftError where a file is not the pinned one, or the package names another licence than the pinned one.
 */
export async function readMaker(maker: Maker, folder: string): Promise<MakerIcons> {
  const home = join(folder, 'node_modules', maker.package);
  const info = JSON.parse(await readFile(join(home, 'info.json'), 'utf8')) as { license: { spdx: string } };
  if (info.license.spdx !== maker.licence) {
    throw new GraftError(
      `${maker.package}@${maker.version}: expected the licence ${maker.licence}, its info.json says ${info.license.spdx}; look into it before shipping its drawings.`,
    );
  }
  // The hashes are pinned, so the shapes are known: the casts only name them.
  const icons = (await readPinned(join(home, 'icons.json'), maker.sha256.icons)) as IconSet;
  const metadata = await readPinned(join(home, 'metadata.json'), maker.sha256.metadata);
  return { icons, categories: (metadata as { categories: Categories }).categories };
}

async function readPinned(file: string, expected: Sha256): Promise<unknown> {
  const bytes = await readFile(file);
  const received = createHash('sha256').update(bytes).digest('hex');
  if (received !== expected) {
    throw new GraftError(
      `${file}: expected SHA-256 ${expected}, received ${received}; pin the new one in samples/makers.ts only together with a new icons.zip.`,
    );
  }
  return JSON.parse(bytes.toString('utf8'));
}
