import { fromBufferPromise } from 'yauzl';
import { expect, onTestFinished, test, vi } from 'vitest';
import { zipPictures } from '../../samples/zip-pictures.js';

const PICTURES = ['training/food/a.jpg', 'evaluation/food/b.jpg'].map((path) => ({
  path,
  bytes: Buffer.from(path),
}));

async function namesIn(archive: Buffer): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of (await fromBufferPromise(archive)).eachEntry()) names.push(entry.fileName);
  return names;
}

test('an archive holds the pictures in the order of their paths', async () => {
  expect(await namesIn(await zipPictures(PICTURES, ''))).toEqual([
    'evaluation/food/b.jpg',
    'training/food/a.jpg',
  ]);
});

test('the same pictures give the same bytes, in whatever order and time zone', async () => {
  const archive = await zipPictures(PICTURES, 'by A');
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('TZ', 'Pacific/Auckland');
  expect(await zipPictures([...PICTURES].reverse(), 'by A')).toEqual(archive);
});

test('the comment can be read by whoever opens the archive', async () => {
  const zip = await fromBufferPromise(await zipPictures(PICTURES, 'by A; by B'));
  expect(zip.comment).toBe('by A; by B');
});
