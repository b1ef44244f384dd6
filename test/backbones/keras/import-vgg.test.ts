import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { importVgg } from '../../../backbones/keras/import-vgg.js';
import { buildVgg } from '../../../backbones/keras/vgg-graph.js';
import { namesOfConvolutions } from '../../../backbones/keras/vgg-layers.js';
import { decodeModel } from '../../../backbones/onnx/codec.js';
import { readFloats, shapeOf } from '../../../backbones/onnx/read-tensor.js';
import { craftLegacy, craftUnnamed, denseLayer, smallVgg } from './craft-weights.js';
import { runDraft } from './run-draft.js';

const MINI = 'test/fixtures/vgg16/vgg16-mini.h5';

test('a draft says what it is, and where its weights come from', async () => {
  const draft = await importVgg({ kind: 'vgg16', file: MINI, name: 'my-vgg' });
  const sha256 = createHash('sha256')
    .update(await readFile(MINI))
    .digest('hex');
  expect(draft).toMatchObject({
    name: 'my-vgg',
    title: 'VGG16',
    dimensions: 3136,
    inputSize: 224,
    precision: 'float32',
    origin: `vgg16-mini.h5, SHA-256 ${sha256}`,
  });
  expect(draft.recipe.name).toBe('keras-nearest');
  expect(draft.licence).toMatch(/^unknown/);
});

test('the same weights make the same bytes, layer by layer as named', async () => {
  const [one, other] = [
    await importVgg({ kind: 'vgg16', file: MINI }),
    await importVgg({ kind: 'vgg16', file: MINI }),
  ];
  expect(Buffer.compare(one.onnx, other.onnx)).toBe(0);
  const { graph } = decodeModel(one.onnx, 'draft');
  const names = namesOfConvolutions('vgg16').flat();
  expect(graph?.initializer.map(({ name }) => name)).toEqual([
    'bgr',
    'bgr_means',
    ...names.flatMap((name) => [`${name}/kernel`, `${name}/bias`]),
  ]);
  expect(graph?.node.filter(({ opType }) => opType === 'Relu').map(({ output }) => output[0])).toEqual(names);
});

test('files with the dense layers are taken, those layers left out', async () => {
  const convolutions = smallVgg('vgg16');
  const whole = [...convolutions, denseLayer('fc1', 98, 5), denseLayer('predictions', 5, 2)];
  const [bare, topped] = [await craftLegacy(convolutions), await craftLegacy(whole)];
  const drafts = await Promise.all([bare, topped].map((file) => importVgg({ kind: 'vgg16', file })));
  expect(Buffer.compare(drafts[0]?.onnx ?? Buffer.of(), drafts[1]?.onnx ?? Buffer.of(1))).toBe(0);
});

test('layers without names are taken by number, conv2d_2 before conv2d_10', async () => {
  const file = await craftUnnamed(smallVgg('vgg19'));
  const { graph } = decodeModel((await importVgg({ kind: 'vgg19', file })).onnx, 'draft');
  const biases = graph?.initializer
    .filter(({ name }) => name.endsWith('/bias'))
    .map((bias) => readFloats(bias)[0]);
  expect(biases).toEqual(Array.from({ length: 16 }, (_, index) => index));
});

test('a kernel is turned from (height, width, in, out) to (out, in, height, width)', () => {
  const layers = smallVgg('vgg16').map(({ arrays: [kernel, bias] }) => ({
    kernel: Float32Array.from(kernel?.data ?? [], (_, index) => index),
    bias: Float32Array.from(bias?.data ?? []),
  }));
  const { graph } = decodeModel(buildVgg(layers), 'graph');
  const kernel = graph?.initializer.find(({ name }) => name === 'block1_conv1/kernel');
  if (kernel === undefined) throw new Error('no kernel');
  expect(shapeOf(kernel)).toEqual([2, 3, 3, 3]);
  const at = (out: number, input: number, y: number, x: number) => ((y * 3 + x) * 3 + input) * 2 + out;
  const numbers = readFloats(kernel);
  expect([numbers[0], numbers[1], numbers[9], numbers[27 + 5]]).toEqual([
    at(0, 0, 0, 0),
    at(0, 0, 0, 1),
    at(0, 1, 0, 0),
    at(1, 0, 1, 2),
  ]);
});

test('red and blue are swapped and every mean is taken from its own channel', async () => {
  // Centre weight 1 from one input channel to the first output channel, then handed on unchanged.
  const means = [103.939, 116.779, 123.68];
  const pixel = [200, 150, 250];
  for (const [place, mean] of means.entries()) {
    const layers = smallVgg('vgg16').map((_, index) => {
      const kernel = new Float32Array(9 * (index === 0 ? 3 : 2) * 2);
      kernel[(4 * (index === 0 ? 3 : 2) + (index === 0 ? place : 0)) * 2] = 1;
      return { kernel, bias: new Float32Array(2) };
    });
    const picture = Uint8Array.from({ length: 224 * 224 * 3 }, (_, index) => pixel[index % 3] ?? 0);
    const [features] = await runDraft({ onnx: buildVgg(layers), dimensions: 98 }, [picture]);
    expect(features?.[0]).toBeCloseTo((pixel[2 - place] ?? 0) - mean, 3);
    expect(features?.[1]).toBe(0);
  }
});
