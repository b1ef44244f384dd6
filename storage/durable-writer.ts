import { randomUUID } from 'node:crypto';
import { open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createDurableFolders } from './durable-folders.js';
import { hasCode } from './file-errors.js';
import { TEMPORARY_FOLDER } from './file-path.js';
import { createFolderSync } from './folder-sync.js';

/** No write takes this long: an older temporary file was left by a process that was killed. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Gives a finished, flushed file its final name. */
type Publish<Result> = (temporary: string, target: string) => Promise<Result>;

/** Writes files that are whole or absent, whenever the process or the power dies. */
export interface DurableWriter {
  /** Writes `body` under a temporary name, flushes it, publishes it as `target`, flushes the name. */
  write<Result>(target: string, body: Uint8Array, publish: Publish<Result>): Promise<Result>;
  /** Flushes the name of a file that another process has just published and may not have flushed yet. */
  settle(target: string): Promise<void>;
}

/** @param root the folder under which every target lies, on one file system; made on the first write */
export function createDurableWriter(root: string): DurableWriter {
  const temporaryFolder = join(root, TEMPORARY_FOLDER);
  const syncFolder = createFolderSync();
  const folders = createDurableFolders(root, syncFolder);
  let swept: Promise<void> | undefined;

  const write = async <Result>(target: string, body: Uint8Array, publish: Publish<Result>) => {
    await folders.ensure(temporaryFolder);
    await folders.ensure(dirname(target));
    await (swept ??= sweepAbandoned(temporaryFolder));
    const temporary = join(temporaryFolder, `${process.pid}-${randomUUID()}`);
    try {
      await writeAndFlush(temporary, body);
      const result = await publish(temporary, target);
      await syncFolder(dirname(target));
      return result;
    } finally {
      await removeFile(temporary);
    }
  };

  return {
    async write(target, body, publish) {
      try {
        return await write(target, body, publish);
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
        // Somebody has removed a folder that was there a moment ago: make it again, once.
        folders.forget();
        return await write(target, body, publish);
      }
    },
    settle: (target) => syncFolder(dirname(target)),
  };
}

async function writeAndFlush(path: string, body: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(body);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** `rm` with `force` does the same, but looks twice before: that costs more than the removal. */
async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** Removes what killed processes left behind. Housekeeping: no write fails because of it. */
async function sweepAbandoned(temporaryFolder: string): Promise<void> {
  const abandonedBefore = Date.now() - ABANDONED_AFTER_MS;
  try {
    for (const name of await readdir(temporaryFolder)) {
      const file = join(temporaryFolder, name);
      if ((await stat(file)).mtimeMs < abandonedBefore) await removeFile(file);
    }
  } catch {
    // Another process sweeps too, or may do what this one may not.
  }
}
