import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { importOnnx, type OnnxImport } from '../../../backbones/import/import-onnx.js';
import { readPreprocessing } from '../../../backbones/import/preprocessing.js';
import { makeTrialPictures } from '../../../backbones/import/trial-pictures.js';
import { makeNode, makeTensor, makeValue } from '../../../backbones/onnx/build.js';
import { decodeModel } from '../../../backbones/onnx/codec.js';
import { DATA_TYPE, type OnnxModel } from '../../../backbones/onnx/model.js';
import { resolveBackbone } from '../../../backbones/registry.js';
import { probeOnnx } from '../../../engines/probe/probe-onnx.js';
import { asImport, CONVOLUTION, makeNetwork, SIDE } from './networks.js';

const PIXELS = SIDE * SIDE;
const PICTURES = makeTrialPictures([0, 1], SIDE);
const pixel = (picture: number, at: number, channel: number): number =>
  PICTURES[(picture * PIXELS + at) * 3 + channel] ?? Number.NaN;

/** Features of the two trial pictures. */
async function importAndRun(model: OnnxModel, wishes: Partial<OnnxImport> = {}) {
  const imported = await importOnnx(asImport(model, wishes));
  const { inputs, outputs, results } = await probeOnnx({
    network: imported.draft.onnx,
    feeds: { image: { dims: [2, SIDE, SIDE, 3], data: PICTURES } },
  });
  const [output] = outputs;
  const features = results[output?.name ?? '']?.data;
  if (!(features instanceof Float32Array)) throw new Error('There are no features.');
  return { ...imported, inputs, outputs, features };
}

test('pixels are normalised, reordered and transposed as the network wants them', async () => {
  const options = { mean: '0.1,0.2,0.3', std: '0.5,0.25,2', scale: '1/255', channels: 'bgr' };
  const preprocessing = readPreprocessing(options) ?? {};
  const { features, inputs, outputs, draft } = await importAndRun(makeNetwork(), { preprocessing });
  expect(inputs).toEqual([{ name: 'image', type: 'uint8', shape: ['N', SIDE, SIDE, 3] }]);
  expect(outputs.map(({ type, shape }) => [type, shape])).toEqual([['float32', ['N', 3 * PIXELS]]]);
  expect(draft).toMatchObject({ name: 'tiny', title: 'tiny', licence: 'unknown', inputSize: SIDE });
  const mean = [0.1, 0.2, 0.3];
  const std = [0.5, 0.25, 2];
  for (const [place, channel] of [2, 1, 0].entries())
    for (const at of [0, 17, PIXELS - 1]) {
      const expected = (pixel(1, at, channel) / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
      expect(features[(3 + place) * PIXELS + at]).toBeCloseTo(expected, 5);
    }
});

test('a network that takes the channels last is fed that way', async () => {
  const { features } = await importAndRun(makeNetwork({ shape: ['N', SIDE, SIDE, 3] }));
  expect(features).toEqual(Float32Array.from(PICTURES));
});

test('a network that takes bytes as Graft gives them is left as it is', async () => {
  const { file } = await resolveBackbone('efficientnet-lite0');
  const bytes = await readFile(file);
  const { draft, notes } = await importOnnx({ bytes, shown: file, name: 'lite0' });
  const [before, after] = [bytes, draft.onnx].map((network) => decodeModel(network, 'lite0').graph);
  expect(after?.node.length).toBe(before?.node.length);
  expect(draft).toMatchObject({ dimensions: 1280, inputSize: 224 });
  expect(draft.origin).toMatch(/^efficientnet-lite0\.onnx, SHA-256 e0944b1a/);
  expect(notes).toEqual([]);
});

test('a float16 network gets float16 and gives float32', async () => {
  const node = [makeNode('Flatten', ['x'], 'y')];
  const half = makeNetwork({ node, type: DATA_TYPE.float16, outputType: DATA_TYPE.float16 });
  const { features } = await importAndRun(half);
  expect(features[PIXELS]).toBe(pixel(0, 0, 1));
});

test.each([
  ['average', undefined],
  ['average', 'average'],
  ['largest', 'max'],
  ['every', 'flatten'],
] as const)('of a map the %s value is taken where --pool is %s', async (kind, pool) => {
  const { features, draft } = await importAndRun(
    makeNetwork(CONVOLUTION),
    pool === undefined ? {} : { pool },
  );
  const blue = Array.from({ length: PIXELS }, (_, at) => pixel(1, at, 2));
  const mean = blue.reduce((sum, value) => sum + value, 0) / PIXELS;
  const expected = { average: mean, largest: Math.max(...blue), every: pixel(1, PIXELS - 1, 2) }[kind];
  expect(draft.dimensions).toBe(kind === 'every' ? 2 * PIXELS : 2);
  expect(features.at(-1)).toBeCloseTo(expected, 3);
});

test('of tokens the first or the mean is taken', async () => {
  const shape = makeTensor('shape', [3], BigInt64Array.of(0n, 4n, BigInt((3 * PIXELS) / 4)));
  const tokens = makeNetwork({ node: [makeNode('Reshape', ['x', 'shape'], 'y')], initializer: [shape] });
  const width = (3 * PIXELS) / 4;
  const whole = await importAndRun(makeNetwork());
  const first = await importAndRun(tokens, { pool: 'cls' });
  expect(first.draft.dimensions).toBe(width);
  expect(first.features.subarray(0, width)).toEqual(whole.features.subarray(0, width));
  const mean = await importAndRun(tokens, { pool: 'mean' });
  const expected = [0, 1, 2, 3].reduce((sum, token) => sum + (whole.features[token * width + 5] ?? 0), 0) / 4;
  expect(mean.features[5]).toBeCloseTo(expected, 3);
});

test('an output in the middle is found by value or node, and what comes after it goes', async () => {
  const network = makeNetwork({
    node: [...CONVOLUTION.node, makeNode('ArgMax', ['y'], 'class', { axis: 1 })],
    initializer: [...CONVOLUTION.initializer, makeTensor('unused', [1], Float32Array.of(1))],
    outputs: ['class'],
    outputType: DATA_TYPE.int64,
  });
  for (const output of ['y', 'y/Conv']) {
    const { draft } = await importOnnx(asImport(network, { output }));
    const graph = decodeModel(draft.onnx, 'draft').graph;
    expect(graph?.node.map(({ opType }) => opType)).not.toContain('ArgMax');
    expect(graph?.initializer.map(({ name }) => name)).not.toContain('unused');
    expect(draft.dimensions).toBe(2);
  }
});

test('a second input that the output does not need is left out, and a constant that is declared as one is none', async () => {
  const network = makeNetwork({
    node: [...CONVOLUTION.node, makeNode('Add', ['text', 'text'], 'words')],
    initializer: CONVOLUTION.initializer,
    outputs: ['y', 'words'],
  });
  network.graph.input.push(makeValue('text', DATA_TYPE.float, ['N', 4]));
  network.graph.input.push(makeValue('kernel', DATA_TYPE.float, [2, 3, 1, 1]));
  const { draft } = await importOnnx(asImport(network, { output: 'y' }));
  expect(draft.dimensions).toBe(2);
});

test('a fixed batch of one is opened, whatever shapes are declared in between', async () => {
  const network = makeNetwork({
    node: [...CONVOLUTION.node, makeNode('Relu', ['y'], 'z')],
    initializer: CONVOLUTION.initializer,
    shape: [1, 3, SIDE, SIDE],
    outputs: ['z'],
  });
  network.graph.output = [makeValue('z', DATA_TYPE.float, [1, 2, SIDE, SIDE])];
  network.graph.valueInfo = [makeValue('y', DATA_TYPE.float, [1, 2, SIDE, SIDE])];
  const { outputs } = await importAndRun(network);
  expect(outputs[0]?.shape).toEqual(['N', 2]);
});

test('an open image size is fixed by --size, and the recipe goes with it', async () => {
  const network = makeNetwork({ ...CONVOLUTION, shape: ['batch', 'num_channels', 'height', 'width'] });
  const { draft } = await importOnnx(asImport(network, { size: 112 }));
  expect(draft.inputSize).toBe(112);
  expect(draft.recipe).toMatchObject({ name: 'crop-bicubic', shortSide: 128, crop: 112 });
});

test('the scores of a classifier are taken, with a note on which value comes before them', async () => {
  const weights = makeTensor(
    'weights',
    [2, 1000],
    Float32Array.from({ length: 2000 }, (_, at) => at / 1000),
  );
  const network = makeNetwork({
    node: [
      ...CONVOLUTION.node,
      makeNode('GlobalAveragePool', ['y'], 'pooled'),
      makeNode('Flatten', ['pooled'], 'flat'),
      makeNode('Gemm', ['flat', 'weights'], 'scores'),
      makeNode('Softmax', ['scores'], 'probabilities'),
    ],
    initializer: [...CONVOLUTION.initializer, weights],
    outputs: ['probabilities'],
  });
  const { notes } = await importOnnx(asImport(network));
  expect(notes).toEqual([expect.stringContaining('--output flat')]);
  const chosen = await importOnnx(asImport(network, { output: 'flat' }));
  expect(chosen.notes).toEqual([]);
});
