import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Folders of a store that are made on demand and are known to survive a power cut. */
export interface DurableFolders {
  /** Makes the folder and every one above it, and flushes their names; free after the first time. */
  ensure(folder: string): Promise<void>;
  /** Forgets what is known: somebody has removed a folder behind our back. */
  forget(): void;
}

/**
 * @param root the store's folder: the chain of names is flushed up to here, and further where `root` itself is new
 * @param syncFolder flushes the entries of one folder
 */
export function createDurableFolders(
  root: string,
  syncFolder: (folder: string) => Promise<void>,
): DurableFolders {
  const known = new Map<string, Promise<void>>();

  const make = async (folder: string): Promise<void> => {
    const firstMade = await mkdir(folder, { recursive: true });
    const aboveFirstMade = firstMade === undefined ? root : dirname(firstMade);
    const top = aboveFirstMade.length < root.length ? aboveFirstMade : root;
    // Also where the folders were there already: another process may have made them just now and not flushed them yet.
    for (let below = folder; below.length > top.length; below = dirname(below))
      await syncFolder(dirname(below));
  };

  return {
    ensure(folder) {
      const ensured = known.get(folder) ?? make(folder);
      known.set(folder, ensured);
      ensured.catch(() => known.delete(folder));
      return ensured;
    },
    forget: () => known.clear(),
  };
}
