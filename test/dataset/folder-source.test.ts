import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFolderSource } from '../../dataset/folder-source.js';
import { BadInput } from '../../errors/graft-error.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function listFiles(folder: string) {
  const source = await openFolderSource(folder);
  const files = [];
  for await (const file of source.files()) files.push(file);
  return files;
}

test('files come in code point order with their bytes, hidden ones are passed over', async () => {
  const folder = await folderOf({
    'b/2.jpg': 'two',
    'b/10.jpg': 'ten',
    'B/1.jpg': 'one',
    'b/.DS_Store': '',
    'b/Thumbs.db': '',
    '.git/x.jpg': '',
    '__MACOSX/b/._2.jpg': '',
  });
  const files = await listFiles(folder);
  expect(files.map(({ path, size }) => [path, size])).toEqual([
    ['B/1.jpg', 3],
    ['b/10.jpg', 3],
    ['b/2.jpg', 3],
  ]);
  expect(Buffer.from((await files[2]?.read()) ?? []).toString()).toBe('two');
});

test('folders with nothing visible in them are named', async () => {
  const folder = await folderOf({ 'a/1.jpg': 'x', 'b/.DS_Store': '' });
  await mkdir(join(folder, 'c/d'), { recursive: true });
  expect((await openFolderSource(folder)).emptyFolders()).toEqual(['b', 'c/d']);
});

test('a symbolic link is refused, to a file or to a folder', async () => {
  for (const target of ['/etc/passwd', '/etc', 'nowhere']) {
    const folder = await folderOf({ 'a/1.jpg': 'x' });
    await symlink(target, join(folder, 'a/2.jpg'));
    await expect(openFolderSource(folder)).rejects.toThrow(/"a\/2\.jpg" in .* is a symbolic link/);
  }
});

test.skipIf(process.platform === 'win32')('a socket is refused instead of waited for', async () => {
  const folder = await folderOf({ 'a/1.jpg': 'x' });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'a/2.jpg'), resolve));
  onTestFinished(() => void server.close());
  await expect(openFolderSource(folder)).rejects.toThrow(/"a\/2\.jpg" in .* is neither a file nor a folder/);
});

test('a link put in place of a file after the walk is not followed', async () => {
  const folder = await folderOf({ 'a/1.jpg': 'x', 'secret.txt': 'x' });
  const [file] = await listFiles(folder);
  await rm(join(folder, 'a/1.jpg'));
  await symlink(join(folder, 'secret.txt'), join(folder, 'a/1.jpg'));
  await expect(file?.read()).rejects.toThrow(BadInput);
});

test('a file that grew, shrank or went after the walk is told', async () => {
  const folder = await folderOf({ 'a/1.jpg': 'four', 'a/2.jpg': 'four', 'a/3.jpg': 'four' });
  const [grown, shrunk, gone] = await listFiles(folder);
  await writeFile(join(folder, 'a/1.jpg'), 'longer');
  await writeFile(join(folder, 'a/2.jpg'), 's');
  await rm(join(folder, 'a/3.jpg'));
  await expect(grown?.read()).rejects.toThrow(/"a\/1\.jpg" in .* changed while Graft read it/);
  await expect(shrunk?.read()).rejects.toThrow(/"a\/2\.jpg" in .* changed while Graft read it/);
  await expect(gone?.read()).rejects.toThrow(/"a\/3\.jpg" in .* cannot be read \(ENOENT\)/);
});

test('a folder that is not there is told', async () => {
  await expect(openFolderSource('/nowhere/at/all')).rejects.toThrow(
    /\/nowhere\/at\/all cannot be read \(ENOENT\)/,
  );
});
