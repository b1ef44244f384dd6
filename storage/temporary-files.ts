import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './file-errors.js';
import { TEMPORARY_FOLDER } from './file-path.js';
import type { UnfinishedWrite } from './object-store.js';

/** The files under a store's root in which objects grow, or grew until their process was killed. */
export async function* listTemporaryFiles(root: string): AsyncGenerator<UnfinishedWrite> {
  for (const name of await namesIn(join(root, TEMPORARY_FOLDER))) {
    const file = join(root, TEMPORARY_FOLDER, name);
    const found = await stat(file).catch((error: unknown) => {
      // It has got its final name meanwhile.
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (found?.isFile() !== true) continue;
    const remove = (): Promise<void> => rm(file, { force: true });
    yield { name: `${TEMPORARY_FOLDER}/${name}`, size: found.size, modified: found.mtime, remove };
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
