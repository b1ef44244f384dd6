import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { importVgg } from '../../../backbones/keras/import-vgg.js';
import { needs, testWith } from '../../support/needs.js';
import { readNearestPixels } from './nearest-pixels.js';
import { differenceInDeviations, runDraft } from './run-draft.js';

const FIXTURES = 'test/fixtures/vgg16';
const TOLERANCE = 1e-3;

const fixtureSchema = z.object({ images: z.array(z.string()), shape: z.tuple([z.number(), z.number()]) });

/** Features of the six pictures by Keras, and by the network that Graft makes of the same weights, compared. */
async function compareWithKeras(
  folder: string,
  stem: string,
): Promise<{ difference: number; count: number }> {
  const { images, shape } = fixtureSchema.parse(
    JSON.parse(await readFile(join(folder, `${stem}.json`), 'utf8')),
  );
  const expected = new Float32Array(
    new Uint8Array(await readFile(join(folder, `${stem}.features.f32`))).buffer,
  );
  const draft = await importVgg({ kind: 'vgg16', file: join(folder, `${stem}.h5`) });
  expect([images.length, draft.dimensions]).toEqual(shape);
  const features = await runDraft(draft, await Promise.all(images.map(readNearestPixels)));
  const received = Float32Array.from(features.flatMap((vector) => [...vector]));
  return { difference: differenceInDeviations(received, expected), count: received.length };
}

test('VGG16 with an eighth of the channels gives the features that Keras gives', async () => {
  const { difference, count } = await compareWithKeras(FIXTURES, 'vgg16-mini');
  expect(count).toBe(6 * 3136);
  expect(difference).toBeLessThanOrEqual(TOLERANCE);
}, 60_000);

testWith(
  [needs.shared],
  'VGG16 in full size gives the features that Keras gives',
  async ([shared = '']) => {
    const { difference, count } = await compareWithKeras(join(shared, 'fixtures/vgg16'), 'vgg16-full');
    expect(count).toBe(6 * 25_088);
    expect(difference).toBeLessThanOrEqual(TOLERANCE);
  },
  180_000,
);

const keras3Schema = z.object({ picture: z.string(), networks: z.record(z.string(), z.array(z.number())) });

test.each([
  ['vgg16', 'vgg16-keras3.weights.h5'],
  ['vgg16', 'vgg16-whole-model.h5'],
  ['vgg19', 'vgg19-keras3.weights.h5'],
] as const)(
  '%s from %s, written by Keras 3, gives the features that Keras gives',
  async (kind, file) => {
    const { picture, networks } = keras3Schema.parse(
      JSON.parse(await readFile(join(FIXTURES, 'keras3.features.json'), 'utf8')),
    );
    const expected = Float32Array.from(networks[kind] ?? []);
    const draft = await importVgg({ kind, file: join(FIXTURES, file) });
    const [received = new Float32Array()] = await runDraft(draft, [await readNearestPixels(picture)]);
    expect(differenceInDeviations(received, expected)).toBeLessThanOrEqual(TOLERANCE);
  },
  60_000,
);
