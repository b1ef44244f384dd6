import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resolveDataset } from '../../dataset/known-datasets.js';
import { openSource } from '../../dataset/open-source.js';
import { restructure } from '../../dataset/restructure.js';
import { MemoryStore } from '../support/memory-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { packZip } from './craft-zip.js';
import { smallDataset, tinyJpeg } from './pictures.js';

async function opened(source: string, allowedRoots: readonly string[]) {
  const cacheFolder = await temporaryFolder();
  const { source: open } = await openSource({ dataset: 'mine', source }, { allowedRoots, cacheFolder });
  const paths: string[] = [];
  for await (const { path } of open.files()) paths.push(path);
  await open.close();
  return { paths, description: open.description };
}

test('an expected SHA-256 is checked for a local archive, too, and refused for a folder', async () => {
  const root = await folderWithPictures();
  const settings = { allowedRoots: [root], cacheFolder: root };
  const zip = join(root, 'pictures.zip');
  const right = createHash('sha256')
    .update(await readFile(zip))
    .digest('hex');
  const request = { dataset: 'mine', source: zip };
  await (await openSource({ ...request, sha256: right }, settings)).source.close();
  const wrong = '0'.repeat(64);
  await expect(openSource({ ...request, sha256: wrong }, settings)).rejects.toThrow(
    `has the SHA-256 ${right}, expected ${wrong}`,
  );
  const folder = { dataset: 'mine', source: join(root, 'pictures'), sha256: right };
  await expect(openSource(folder, settings)).rejects.toThrow('is a folder');
});

async function folderWithPictures(): Promise<string> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'pictures/cat'), { recursive: true });
  await writeFile(join(root, 'pictures/cat/1.jpg'), tinyJpeg(1));
  await writeFile(join(root, 'pictures.zip'), await packZip(smallDataset(1)));
  return root;
}

test('a folder, a zip file and a file:// address are opened, described as they were typed', async () => {
  const root = await folderWithPictures();
  expect(await opened(join(root, 'pictures'), [root])).toEqual({
    paths: ['cat/1.jpg'],
    description: join(root, 'pictures'),
  });
  expect((await opened(join(root, 'pictures.zip'), [root])).paths.length).toBe(6);
  expect((await opened(pathToFileURL(join(root, 'pictures.zip')).href, [root])).paths.length).toBe(6);
});

test('a URL is downloaded and described without its credentials', async () => {
  const bytes = await packZip(smallDataset(1));
  const server = createServer((_, response) => response.writeHead(200).end(bytes));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { paths, description } = await opened(`http://me:hunter2@127.0.0.1:${port ?? 0}/x.zip?token=1`, []);
  expect(paths.length).toBe(6);
  expect(description).toBe(`http://127.0.0.1:${port ?? 0}/x.zip?…`);
});

describe('a source that cannot be is refused', () => {
  test('missing', async () => {
    const root = await folderWithPictures();
    await expect(opened(join(root, 'none.zip'), [root])).rejects.toThrow(
      /none\.zip" does not exist; expected a folder of pictures, a \.zip file or an http\(s\) URL/,
    );
  });
  test('neither folder nor zip', async () => {
    const root = await folderWithPictures();
    await expect(opened(join(root, 'pictures/cat/1.jpg'), [root])).rejects.toThrow(
      /is not a zip file: it is one JPEG/,
    );
  });
  test('another scheme', async () => {
    await expect(opened('ftp://grebvm2.epfl.ch/x.zip', [])).rejects.toThrow(
      /has the scheme ftp:, expected http: or https:/,
    );
    await expect(opened('file://elsewhere/x.zip', [])).rejects.toThrow(
      /is not a local file's address|outside of the folders/,
    );
  });
  test('outside of the allowed folders, there or not, by dots or by a link', async () => {
    const [root, other] = [await folderWithPictures(), await folderWithPictures()];
    await symlink(join(other, 'pictures'), join(root, 'link'));
    const outside = [
      join(other, 'pictures'),
      join(other, 'none'),
      join(root, '../../etc'),
      join(root, 'link'),
    ];
    for (const path of outside)
      await expect(opened(path, [root])).rejects.toThrow(
        /lies outside of the folders that this worker may read/,
      );
  });
  test('beside an allowed folder whose name it begins with', async () => {
    const root = await folderWithPictures();
    await expect(opened(join(root, 'pictures.zip'), [join(root, 'pictures')])).rejects.toThrow(
      /lies outside/,
    );
  });
});

describe('what Graft knows about data sets', () => {
  test('an unknown name needs a source', () => {
    expect(() => resolveDataset({ dataset: 'cats' })).toThrow(
      /"cats" is not one that Graft knows \(sample, food-5k\); pass --source/,
    );
    expect(() => resolveDataset({ dataset: 'food-5k-256' })).toThrow(/pass --source/);
    expect(resolveDataset({ dataset: 'cats', source: 'x' })).toMatchObject({
      classMap: undefined,
      positive: undefined,
      licence: 'unknown',
    });
  });
  test('parts of Food-5K share its classes, from any source', () => {
    for (const dataset of ['food-5k', 'food-5k-256'])
      expect(resolveDataset({ dataset, source: 'x.zip' })).toMatchObject({
        origin: { kind: 'typed', source: 'x.zip' },
        classMap: { '0': 'non_food', '1': 'food' },
        positive: 'food',
      });
    expect(resolveDataset({ dataset: 'food-5k' }).origin).toMatchObject({ kind: 'addresses' });
    expect(resolveDataset({ dataset: 'food-5kg', source: 'x' }).positive).toBeUndefined();
  });
  test('what the user says wins', () => {
    expect(resolveDataset({ dataset: 'food-5k', positive: 'non_food' }).positive).toBe('non_food');
    expect(resolveDataset({ dataset: 'food-5k', classMap: { '0': 'no', '1': 'yes' } })).toMatchObject({
      classMap: { '0': 'no', '1': 'yes' },
      positive: undefined,
    });
  });
  test('the sample is built in and cannot be another', () => {
    expect(resolveDataset({ dataset: 'sample' })).toMatchObject({
      origin: { kind: 'builtin' },
      positive: 'food',
    });
    expect(() => resolveDataset({ dataset: 'sample', source: 'x' })).toThrow(/give your own another name/);
  });
});

test('the sample that is shipped makes a data set without a bad picture', async () => {
  const opened = await openSource({ dataset: 'sample' }, { allowedRoots: [], cacheFolder: '' });
  const { manifest, outside } = await restructure({ ...opened, store: new MemoryStore(), name: 'sample' });
  await opened.source.close();
  expect({ classes: manifest.classes, quarantined: manifest.quarantined, outside }).toEqual({
    classes: ['food', 'non_food'],
    quarantined: 0,
    outside: [],
  });
  expect(manifest).toMatchObject({ positive: 'food', source: 'the built-in sample' });
});
