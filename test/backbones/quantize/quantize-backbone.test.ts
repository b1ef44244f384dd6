import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importVgg } from '../../../backbones/keras/import-vgg.js';
import { quantizeBackbone } from '../../../backbones/quantize/quantize-backbone.js';
import { cosine } from '../../../backbones/quantize/cosine.js';
import { createDecoder } from '../../../engines/decode/decode.js';
import { openOnnxProbe, probeOnnx } from '../../../engines/probe/probe-onnx.js';
import { BadInput } from '../../../errors/graft-error.js';
import { SIDE, TINY, pictures, tinyNetwork } from './tiny-network.js';

const PICTURES = 'test/fixtures/pictures';

const quantizeTiny = (count: number, onnx = tinyNetwork(), reduceRange = false) =>
  quantizeBackbone({
    backbone: TINY,
    onnx,
    pictures: pictures(count),
    calibration: `${count} pictures of noise`,
    name: 'tiny-int8',
    reduceRange,
    open: openOnnxProbe,
  });

async function runTiny(network: Uint8Array, data: Uint8Array): Promise<Float32Array> {
  const feeds = { image: { dims: [1, SIDE, SIDE, 3], data } };
  const { results } = await probeOnnx({ network, feeds, outputs: ['features'] });
  return Float32Array.from(results['features']?.data ?? [], Number);
}

test('the features of a quantised network are those of the float one within some steps of its last scale', async () => {
  const { draft, cosine: told, warning } = await quantizeTiny(6);
  const [data = new Uint8Array()] = pictures(1);
  const [float, int8] = [await runTiny(tinyNetwork(), data), await runTiny(draft.onnx, data)];
  const step = Math.max(...float) / 255;
  expect(float.some((number) => number > 0)).toBe(true);
  expect(int8).not.toEqual(float);
  for (const [at, number] of float.entries())
    expect(Math.abs((int8[at] ?? 0) - number)).toBeLessThan(6 * step);
  expect(told).toBeGreaterThan(0.999);
  expect(warning).toBeUndefined();
});

test('a channel of tiny weights survives, for it has a scale of its own', async () => {
  const { draft } = await quantizeTiny(6);
  const [data = new Uint8Array()] = pictures(1);
  const [float, int8] = [await runTiny(tinyNetwork(), data), await runTiny(draft.onnx, data)];
  const channel = (features: Float32Array) => features.filter((_, at) => at % 4 === 0);
  expect(cosine(channel(float), channel(int8))).toBeGreaterThan(0.99);
});

test('the draft says what it was made from', async () => {
  const { draft } = await quantizeTiny(3);
  expect(draft).toMatchObject({
    name: 'tiny-int8',
    title: 'Tiny (int8)',
    precision: 'int8',
    recipe: TINY.recipe,
    dimensions: TINY.dimensions,
    origin: 'tiny, quantised with 3 pictures of noise',
    quantisedFrom: { name: 'tiny', fingerprint: TINY.fingerprint },
  });
});

test('the same pictures give the same bytes, others give others, and so do weights of 7 bits', async () => {
  const [first, again, fewer, reduced] = await Promise.all([
    quantizeTiny(5),
    quantizeTiny(5),
    quantizeTiny(1),
    quantizeTiny(5, tinyNetwork(), true),
  ]);
  expect(Buffer.from(again.draft.onnx).equals(first.draft.onnx)).toBe(true);
  expect(Buffer.from(fewer.draft.onnx).equals(first.draft.onnx)).toBe(false);
  expect(Buffer.from(reduced.draft.onnx).equals(first.draft.onnx)).toBe(false);
});

test('no picture, or a network that is quantised already, is bad input', async () => {
  await expect(quantizeTiny(0)).rejects.toThrow(BadInput);
  await expect(quantizeTiny(0)).rejects.toThrow('needs calibration pictures');
  const { draft } = await quantizeTiny(2);
  await expect(quantizeTiny(2, draft.onnx)).rejects.toThrow('Backbone "tiny" is quantised already');
});

test('VGG16 with an eighth of the channels keeps its features', async () => {
  const float = await importVgg({ kind: 'vgg16', file: 'test/fixtures/vgg16/vgg16-mini.h5' });
  const decode = createDecoder(float.recipe);
  const decoded = (await readdir(PICTURES)).sort().map(async (name) => {
    const pixels = new Uint8Array(float.inputSize ** 2 * 3);
    expect(await decode(await readFile(join(PICTURES, name)), pixels)).toBeUndefined();
    return pixels;
  });
  const { draft, cosine: told } = await quantizeBackbone({
    backbone: { ...float, fingerprint: 'cd'.repeat(32) },
    onnx: float.onnx,
    pictures: await Promise.all(decoded),
    calibration: 'six pictures',
    name: 'vgg16-int8',
    open: openOnnxProbe,
  });
  expect(told).toBeGreaterThan(0.998);
  expect(told).toBeLessThan(1);
  expect(draft.onnx.length).toBeLessThan(float.onnx.length * 0.3);
}, 60_000);
