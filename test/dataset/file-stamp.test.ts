import { copyFile, mkdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openFolderSource } from '../../dataset/folder-source.js';
import { restructure } from '../../dataset/restructure.js';
import type { DatasetSource } from '../../dataset/source.js';
import { openZipSource } from '../../dataset/zip-source.js';
import { MemoryStore } from '../support/memory-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { craftZip } from './craft-zip.js';
import { smallDataset, tinyJpeg } from './pictures.js';

/** A moment by which files that were written just now have come to rest. */
const later = () => Date.now() + 10_000;

async function folderOfPictures(): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, bytes] of Object.entries(smallDataset())) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}

async function zipOfPictures(path: string, files = smallDataset()): Promise<void> {
  await writeFile(path, craftZip(Object.entries(files).map(([name, data]) => ({ name, data }))));
}

async function run(source: DatasetSource, store: MemoryStore) {
  try {
    return await restructure({ source, store, name: 'icons' });
  } finally {
    await source.close();
  }
}

/** The kernel's clock for files ticks every few milliseconds; Graft waits much longer, see the stamp's rule. */
const tick = () => setTimeout(30);

test('files of a folder are read once, then only those that were written, moved or replaced', async () => {
  const folder = await folderOfPictures();
  const [store, at] = [new MemoryStore(), (path: string) => join(folder, 'training/food', path)];
  const again = async () => (await run(await openFolderSource(folder, folder, later()), store)).unread;
  expect(await again()).toBe(0);
  expect(await again()).toBe(18);
  await tick();
  await writeFile(at('0.jpg'), tinyJpeg('training food X'));
  await rename(at('1.jpg'), at('one.jpg'));
  await writeFile(at('3.jpg'), tinyJpeg('new'));
  expect(await again()).toBe(16);
  expect(await again()).toBe(19);
});

test('a file that is replaced by one of the same size and time is read', async () => {
  const folder = await folderOfPictures();
  const store = new MemoryStore();
  const path = join(folder, 'training/food/0.jpg');
  const { atime, mtime } = await stat(path);
  const first = await run(await openFolderSource(folder, folder, later()), store);
  await tick();
  await writeFile(path, tinyJpeg('training food X'));
  await utimes(path, atime, mtime);
  const second = await run(await openFolderSource(folder, folder, later()), store);
  expect(second.unread).toBe(17);
  expect(second.manifest.version).not.toBe(first.manifest.version);
});

test('a file that was written a moment ago is read the next time, too, for one more write might not show', async () => {
  const folder = await folderOfPictures();
  const store = new MemoryStore();
  await utimes(join(folder, 'training/food/0.jpg'), new Date(), new Date(Date.now() + 3_600_000));
  const again = async (now: number) => (await run(await openFolderSource(folder, folder, now), store)).unread;
  expect(await again(Date.now())).toBe(0);
  expect(await again(Date.now())).toBe(0);
  expect(await again(later())).toBe(0);
  // The file from the future stays out.
  expect(await again(later())).toBe(17);
});

test('entries of an archive are read once, and again after it was written anew', async () => {
  const path = join(await temporaryFolder(), 'icons.zip');
  await zipOfPictures(path);
  const store = new MemoryStore();
  const again = async (now = later()) => run(await openZipSource(path, { now }), store);
  const first = await again();
  expect(await again()).toMatchObject({ unread: 18, manifest: first.manifest });
  await tick();
  await zipOfPictures(path, { ...smallDataset(), 'training/food/0.jpg': tinyJpeg('training food X') });
  const second = await again();
  expect(second.unread).toBe(0);
  expect(second.manifest.version).not.toBe(first.manifest.version);
  expect((await again(Date.now())).unread).toBe(0);
});

test('a copy elsewhere is another source', async () => {
  const folder = await temporaryFolder();
  const [one, other] = [join(folder, 'one.zip'), join(folder, 'other.zip')];
  await zipOfPictures(one);
  await copyFile(one, other);
  const store = new MemoryStore();
  await run(await openZipSource(one, { now: later() }), store);
  expect(await run(await openZipSource(other, { now: later() }), store)).toMatchObject({ unread: 0 });
  expect([...store.objects.keys()].filter((key) => key.includes('/sources/'))).toHaveLength(2);
});
