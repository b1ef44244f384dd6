import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { choosePictures, decodePictures } from '../../cli/calibration-pictures.js';
import { KERAS_NEAREST } from '../../backbones/recipes.js';
import { BadInput } from '../../errors/graft-error.js';
import { MemoryStore } from '../support/memory-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PICTURES = 'test/fixtures/pictures';
const NETWORK = { recipe: KERAS_NEAREST, inputSize: 224 };

async function decoded(path: string, images: number, seed = 0): Promise<readonly Uint8Array[]> {
  const choice = await choosePictures(new MemoryStore(), { pictures: path, seed });
  const pictures: Uint8Array[] = [];
  for await (const pixels of decodePictures(choice, images, NETWORK)) pictures.push(pixels);
  await choice.close();
  return pictures;
}

test('a seed chooses the same pictures each time, another seed others, decoded by the recipe', async () => {
  const first = await decoded(PICTURES, 3);
  expect(first.map((pixels) => pixels.length)).toEqual([150528, 150528, 150528]);
  expect(await decoded(PICTURES, 3)).toEqual(first);
  expect(await decoded(PICTURES, 3, 1)).not.toEqual(first);
});

test('refused pictures and other files are passed over; too few of the rest is bad input with both numbers', async () => {
  const folder = await temporaryFolder();
  await copyFile(join(PICTURES, 'small.png'), join(folder, 'good.png'));
  await writeFile(join(folder, 'bad.jpg'), 'no picture');
  await writeFile(join(folder, 'notes.txt'), 'notes');
  expect(await decoded(folder, 1)).toHaveLength(1);
  await expect(decoded(folder, 2)).rejects.toThrow(BadInput);
  await expect(decoded(folder, 2)).rejects.toThrow('Expected 2 pictures for calibration, received 1 from');
});

test('where there are not as many files, none is decoded first', async () => {
  const choice = await choosePictures(new MemoryStore(), { pictures: PICTURES, seed: 0 });
  const first = decodePictures(choice, 10_000, NETWORK)[Symbol.asyncIterator]().next();
  await expect(first).rejects.toThrow('Expected 10,000 pictures for calibration, received');
  await choice.close();
});

test('a place that is not there, two places, and a store without a run are refused in one sentence', async () => {
  const choose = (more: object) => choosePictures(new MemoryStore(), { seed: 0, ...more });
  await expect(choose({ pictures: 'nowhere' })).rejects.toThrow('--pictures nowhere cannot be read');
  await expect(choose({ pictures: PICTURES, dataset: 'food-5k' })).rejects.toThrow('exclude each other');
  await expect(choose({})).rejects.toThrow('there: none. Run it first: graft run sample.');
  await expect(choose({ dataset: 'food-5k' })).rejects.toThrow('the data set "food-5k" with a completed run');
});
