import { expect, test } from 'vitest';
import { ATTRIBUTE_TYPE, DATA_TYPE, type OnnxModel } from '../../../backbones/onnx/model.js';
import { makeGraph, makeNode, makeTensor, makeValue } from '../../../backbones/onnx/build.js';
import { computePicturewise } from '../../../engines/picturewise/compute-picturewise.js';
import { CHANNELS, makeChain, makeLayer, makeNetwork, MANY, SIDE } from './networks.js';

/** The value where the pictures come together again; undefined where they are never taken apart. */
const cutOf = (model: OnnxModel, microBatch = 4): string | undefined =>
  computePicturewise(model, microBatch)?.graph?.node.findLast(({ opType }) => opType === 'Concat')?.output[0];

test('cuts behind the activation of the first small value', () => {
  expect(cutOf(makeChain())).toBe('few');
});

test('goes on while values get smaller, and no further', () => {
  const model = makeNetwork([
    makeLayer('x', 'many', CHANNELS, MANY),
    makeLayer('many', 'halved', MANY, 32, 2),
    makeLayer('halved', 'fewer', 32, 16),
    makeLayer('fewer', 'least', 16, 8, 2),
    makeLayer('least', 'same', 8, 8),
    makeLayer('same', 'y', 8, 4),
  ]);
  expect(cutOf(model)).toBe('least');
});

test('does not cut a block with a shortcut around it', () => {
  const model = makeNetwork([
    makeLayer('x', 'few', CHANNELS, 8),
    makeLayer('few', 'many', 8, MANY),
    makeLayer('many', 'projected', MANY, 8),
    makeNode('Add', ['projected', 'few'], 'sum'),
    makeLayer('sum', 'more', 8, 16),
    makeLayer('more', 'y', 16, 8),
  ]);
  expect(cutOf(model)).toBe('sum');
});

test('does not cut one of two branches', () => {
  const model = makeNetwork([
    makeLayer('x', 'many', CHANNELS, MANY),
    makeLayer('many', 'left', MANY, 8, 2),
    makeLayer('many', 'right', MANY, 4, 2),
    makeNode('Concat', ['left', 'right'], 'joined', { axis: 1 }),
    makeLayer('joined', 'y', 12, 24),
  ]);
  expect(cutOf(model)).toBe('joined');
});

test('cuts before an operator that it does not know', () => {
  const model = makeNetwork([
    makeLayer('x', 'many', CHANNELS, MANY),
    makeLayer('many', 'few', MANY, 8, 2),
    makeNode('Softmax', ['few'], 'shares', { axis: 0 }),
    makeLayer('shares', 'y', 8, 8),
  ]);
  expect(cutOf(model)).toBe('few');
});

test.each(['Relu', 'HardSwish', 'Sigmoid', 'GlobalMaxPool'])('takes %s apart', (middle) => {
  expect(cutOf(makeChain(middle))).toBeDefined();
});

test.each(['Softmax', 'LpNormalization', 'Shape', 'NonZero'])('leaves a front with %s as it is', (middle) => {
  expect(cutOf(makeChain(middle))).toBeUndefined();
});

test('leaves a network of another domain’s operators as it is', () => {
  const model = makeChain();
  for (const node of model.graph?.node ?? []) node.domain = 'com.example';
  expect(cutOf(model)).toBeUndefined();
});

test.each([
  ['as many rows as pictures', [4, MANY, 1, 1]],
  ['more axes than the pictures', [1, 1, MANY, 1, 1]],
])('leaves a front with a constant of %s as it is', (_, dims) => {
  const length = dims.reduce((product, one) => product * one, 1);
  expect(cutOf(makeChain('Add', [makeTensor('added', dims, new Float32Array(length))]))).toBeUndefined();
  expect(cutOf(makeChain('Add', [makeTensor('added', [MANY, 1, 1], new Float32Array(MANY))]))).toBe('few');
});

test('leaves a network for a fixed number of pictures as it is', () => {
  const layers = [makeLayer('x', 'many', CHANNELS, MANY), makeLayer('many', 'few', MANY, 8, 2)];
  const parts = [...layers, makeLayer('few', 'y', 8, 16)];
  expect(cutOf(makeNetwork(parts))).toBe('few');
  expect(cutOf(makeNetwork(parts, [], 4))).toBeUndefined();
});

test('leaves a network whose input is read behind every small value as it is', () => {
  const model = makeNetwork([
    makeLayer('x', 'many', CHANNELS, MANY),
    makeLayer('many', 'few', MANY, 4, 2),
    makeNode('GlobalAveragePool', ['x'], 'levels'),
    makeLayer('few', 'more', 4, 4),
    makeNode('Add', ['more', 'levels'], 'y'),
  ]);
  expect(cutOf(model)).toBeUndefined();
});

test('leaves a network one of whose outputs is large as it is', () => {
  const model = makeChain();
  model.graph?.output.push(makeValue('positive', DATA_TYPE.float, ['N', MANY, SIDE, SIDE]));
  expect(cutOf(model)).toBeUndefined();
});

test('leaves a network of small values as it is', () => {
  expect(
    cutOf(makeNetwork([makeLayer('x', 'few', CHANNELS, 8), makeLayer('few', 'y', 8, 4)])),
  ).toBeUndefined();
});

test('leaves a network without weights behind the cut as it is', () => {
  const model = makeNetwork([
    makeLayer('x', 'many', CHANNELS, MANY),
    makeLayer('many', 'few', MANY, 8, 2),
    makeNode('GlobalAveragePool', ['few'], 'y'),
  ]);
  expect(cutOf(model)).toBeUndefined();
});

test.each<[string, readonly [string, readonly number[]]]>([
  ['before the pictures', ['Pad', [1, 0, 0, 0, 0, 0, 0, 0]]],
  ['behind the pictures', ['Pad', [0, 0, 0, 0, 1, 0, 0, 0]]],
])('leaves a front that pads %s as it is', (_, [middle, pads]) => {
  const constant = (numbers: readonly number[]) =>
    makeTensor('pads', [8], BigInt64Array.from(numbers, BigInt));
  expect(cutOf(makeChain(middle, [constant(pads)]))).toBeUndefined();
  expect(cutOf(makeChain(middle, [constant([0, 0, 1, 1, 0, 0, 1, 1])]))).toBe('few');
});

test.each([
  ['Transpose', ['many'], { perm: [1, 0, 2, 3] }],
  ['Concat', ['many', 'many'], { axis: 0 }],
  ['Gather', ['many', 'first'], { axis: 0 }],
])('leaves a front with %s along the axis of pictures as it is', (opType, inputs, attributes) => {
  const model = makeNetwork(
    [
      makeLayer('x', 'many', CHANNELS, MANY),
      makeNode(opType, inputs, 'other', attributes),
      makeLayer('other', 'few', MANY, 8, 2),
      makeLayer('few', 'y', 8, 16),
    ],
    [makeTensor('first', [1], BigInt64Array.of(0n))],
  );
  expect(cutOf(model)).toBeUndefined();
});

test('leaves a network with graphs inside operators as it is', () => {
  const model = makeChain();
  const graph = makeGraph('inside', { node: [], initializer: [], input: [], output: [] });
  const inside = { name: 'body', type: ATTRIBUTE_TYPE.tensor, floats: [], ints: [], strings: [], graphs: [] };
  model.graph?.node.at(-1)?.attribute.push({ ...inside, g: graph });
  expect(cutOf(model)).toBeUndefined();
});

test('leaves a network of operators older than Slice with inputs as it is', () => {
  const model = makeChain();
  model.opsetImport = [{ domain: '', version: 9 }];
  expect(cutOf(model)).toBeUndefined();
});

test.each([1, 33])('leaves a network in micro-batches of %i as it is', (microBatch) => {
  expect(cutOf(makeChain(), microBatch)).toBeUndefined();
});
