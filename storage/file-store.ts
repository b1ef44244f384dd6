import { readFile, stat, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDurableWriter } from './durable-writer.js';
import { compareFile, readRange } from './file-content.js';
import { explainFileError, hasCode, isFolder } from './file-errors.js';
import { listObjects } from './file-listing.js';
import { filePath } from './file-path.js';
import { assertPrefix, assertRange } from './object-key.js';
import { ObjectConflict, ObjectNotFound, type ObjectStore, StoreUnavailable } from './object-store.js';
import { probeStore } from './probe-store.js';
import { publishNew, publishOver } from './publish-file.js';
import { listTemporaryFiles } from './temporary-files.js';

/**
 * A store in a folder, which is made on the first write. Any number of processes may share it.
 *
 * An object grows under a temporary name and is flushed, then linked to its final name, whose folder is flushed too:
 * after a kill or a power cut it is whole or absent, and what was reported as written is there.
 *
 * @param folder a path; a relative one is resolved against the current folder
 */
export function createFileStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const writer = createDurableWriter(root);

  const store: Omit<ObjectStore, 'check'> = {
    url: pathToFileURL(root).href,

    async get(key, range) {
      if (range !== undefined) assertRange(range);
      const path = filePath(root, key);
      const bytes = await explaining(root, `read "${key}"`, () =>
        ifThere(root, () => (range === undefined ? readFile(path) : readRange(path, range))),
      );
      if (bytes === undefined)
        throw new ObjectNotFound(
          `The store ${root} has no object "${key}". Check that this is the store that it was written to.`,
        );
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },

    fileOf: (key) => filePath(root, key),

    async head(key) {
      const path = filePath(root, key);
      const found = await explaining(root, `look for "${key}"`, () => ifThere(root, () => stat(path)));
      return found?.isFile() === true ? { key, size: found.size } : undefined;
    },

    async putIfAbsent(key, body) {
      const path = filePath(root, key);
      return await explaining(root, `write "${key}"`, async () => {
        // Looking first spares a rerun, which finds almost everything in place, the temporary files and their flushes.
        let present = await compareFile(path, body);
        if (present === 'absent') {
          if (await writer.write(path, body, publishNew)) return 'written';
          present = await compareFile(path, body);
        }
        if (present === 'different') throw conflict(root, key);
        if (present === 'absent') throw deletedMeanwhile(root, key);
        await writer.settle(path);
        return 'present';
      });
    },

    async replace(key, body) {
      const path = filePath(root, key);
      await explaining(root, `write "${key}"`, () => writer.write(path, body, publishOver));
    },

    async *list(prefix) {
      assertPrefix(prefix);
      try {
        yield* listObjects(root, prefix);
      } catch (error) {
        throw await explainFileError(error, root, `list "${prefix}"`);
      }
    },

    async *unfinished() {
      try {
        yield* listTemporaryFiles(root);
      } catch (error) {
        throw await explainFileError(error, root, 'list its temporary files');
      }
    },

    async delete(key) {
      const path = filePath(root, key);
      await explaining(root, `delete "${key}"`, () =>
        ifThere(root, async () => {
          if ((await stat(path)).isFile()) await unlink(path);
        }),
      );
    },
  };
  return { ...store, check: () => probeStore(store) };
}

/** Runs `work` and turns what the file system says into a sentence for people. */
async function explaining<Result>(root: string, doing: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw await explainFileError(error, root, doing);
  }
}

/** What `work` finds, or `undefined` where no file has that name. */
async function ifThere<Result>(root: string, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EISDIR')) return undefined;
    // A part of the key is an object, so nothing can lie below it; but a root that is a file is no store at all.
    if (hasCode(error, 'ENOTDIR') && (await isFolder(root))) return undefined;
    throw error;
  }
}

function conflict(root: string, key: string): ObjectConflict {
  return new ObjectConflict(
    `The store ${root} already holds something else under "${key}". Names follow from content here, so the file there is damaged or not Graft's: move it away and run again.`,
  );
}

function deletedMeanwhile(root: string, key: string): StoreUnavailable {
  return new StoreUnavailable(
    `The store ${root} lost "${key}" while it was written: somebody deletes from it.`,
  );
}
