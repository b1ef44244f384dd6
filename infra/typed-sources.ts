import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The folders that people at this machine have named as sources over one store, one small file each in `sources/` of the
 * server's folder. The workers of all commands serve the same task queues, so each of them may get the work of another,
 * or of one that was interrupted.
 */
const listFolder = (dataFolder: string): string => join(dataFolder, 'sources');

/** Lets the embedded workers of this server's folder read sources under `root`, now and later. */
export async function allowTypedSource(dataFolder: string, root: string): Promise<void> {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  await mkdir(listFolder(dataFolder), { recursive: true });
  // The hash tells a whole file from one that was cut.
  await writeFile(join(listFolder(dataFolder), name), root);
}

/** The folders that {@link allowTypedSource} was told; none where there is no list yet. */
export async function listTypedSources(dataFolder: string): Promise<readonly string[]> {
  const names = await readdir(listFolder(dataFolder)).catch(() => []);
  const roots = await Promise.all(
    names.map(async (name) => {
      const root = await readFile(join(listFolder(dataFolder), name), 'utf8');
      return createHash('sha256').update(root).digest('hex').startsWith(name) ? [root] : [];
    }),
  );
  return roots.flat();
}
