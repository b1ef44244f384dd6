import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { makeNode, makeTensor } from '../../../backbones/onnx/build.js';
import { decodeModel, encodeModel } from '../../../backbones/onnx/codec.js';
import { ATTRIBUTE_TYPE, DATA_TYPE, type OnnxModel, type OnnxTensor } from '../../../backbones/onnx/model.js';
import { openRewritten } from '../../../engines/onnx/open-rewritten.js';
import { planRewriting } from '../../../engines/onnx/plan-rewriting.js';
import { computePicturewise } from '../../../engines/picturewise/compute-picturewise.js';
import { differenceInDeviations } from '../differences.js';
import { CHANNELS, makeChain, makeLayer, makeNetwork, MANY, runNetwork } from './networks.js';

const TOLERANCE = 1e-5;
const MICRO_BATCH = 4;

function takeApart(model: OnnxModel, microBatch = MICRO_BATCH): OnnxModel {
  const rewritten = computePicturewise(model, microBatch);
  if (rewritten === undefined) throw new Error('Expected a network that is rewritten.');
  return rewritten;
}

const operatorsOf = ({ graph }: OnnxModel): readonly string[] =>
  (graph?.node ?? []).map(({ opType }) => opType);

const floats = (name: string, dims: readonly number[], first = 0): OnnxTensor => {
  const length = dims.reduce((product, one) => product * one, 1);
  return makeTensor(
    name,
    dims,
    Float32Array.from({ length }, (_, at) => first + Math.abs(Math.sin(at + 1))),
  );
};

const wholes = (name: string, numbers: readonly number[]): OnnxTensor =>
  makeTensor(name, [numbers.length], BigInt64Array.from(numbers, BigInt));

/** Most of the operators that are known, a gate of channels and a Constant among them. */
function makeRichNetwork(): OnnxModel {
  const low = makeNode('Constant', [], 'low');
  const value = { name: 'value', type: ATTRIBUTE_TYPE.tensor, t: makeTensor('', [], Float32Array.of(-2)) };
  low.attribute = [{ ...value, floats: [], ints: [], strings: [], graphs: [] }];
  return makeNetwork(
    [
      makeNode('Sub', ['one', 'x'], 'turned'),
      makeNode('Gather', ['turned', 'order'], 'ordered', { axis: 1 }),
      makeNode('Transpose', ['ordered'], 'last', { perm: [0, 2, 3, 1] }),
      makeNode('Div', ['last', 'scale'], 'scaled'),
      makeNode('Transpose', ['scaled'], 'first', { perm: [0, 3, 1, 2] }),
      makeNode('Pad', ['first', 'pads'], 'padded'),
      makeLayer('padded', 'many', CHANNELS, MANY),
      low,
      makeNode('Clip', ['many', 'low', 'six'], 'clipped'),
      makeNode('BatchNormalization', ['clipped', 'gamma', 'beta', 'mean', 'variance'], 'normal'),
      makeNode('GlobalAveragePool', ['normal'], 'levels'),
      makeLayer('levels', 'gate', MANY, MANY),
      makeNode('HardSigmoid', ['gate'], 'open'),
      makeNode('Mul', ['normal', 'open'], 'gated'),
      makeNode('MaxPool', ['gated'], 'most', { kernel_shape: [2, 2], strides: [2, 2] }),
      makeNode('AveragePool', ['gated'], 'mean.2', { kernel_shape: [2, 2], strides: [2, 2] }),
      makeNode('Concat', ['most', 'mean.2'], 'both', { axis: -3 }),
      makeNode('PRelu', ['both', 'slope'], 'sloped'),
      makeLayer('sloped', 'few', 2 * MANY, 8, 2),
      makeNode('HardSwish', ['few'], 'swish'),
      makeLayer('swish', 'y', 8, 12),
    ],
    [
      floats('one', []),
      wholes('order', [2, 1, 0, 3]),
      floats('scale', [CHANNELS], 1),
      wholes('pads', [0, 0, 0, 1, 0, 0, 2, 1]),
      makeTensor('six', [], Float32Array.of(6)),
      ...['gamma', 'beta', 'mean', 'variance'].map((name, at) => floats(name, [MANY], at)),
      floats('slope', [2 * MANY, 1, 1]),
    ],
  );
}

// Whole micro-batches, ragged ones, none, and more pictures than fronts.
test.each([4, 3, 1, 0, 7])('computes the same features of %i pictures', async (count) => {
  for (const model of [makeChain(), makeRichNetwork()]) {
    const expected = await runNetwork(model, count);
    const received = await runNetwork(takeApart(model), count);
    expect(received).toHaveLength(expected.length);
    if (count > 0) expect(differenceInDeviations(received, expected)).toBeLessThanOrEqual(TOLERANCE);
  }
});

test('gives a picture the same bits whatever its place', async () => {
  const model = takeApart(makeChain());
  const [four, one] = [await runNetwork(model, 4), await runNetwork(model, 1)];
  expect(one).toEqual(four.slice(0, one.length));
});

test('repeats the front for every picture over the same weights, and nothing behind it', () => {
  const model = makeChain();
  const { graph } = takeApart(model, 3);
  expect(operatorsOf(takeApart(model, 3))).toEqual([
    ...[1, 2, 3].flatMap(() => ['Slice', 'Conv', 'Relu', 'Conv', 'Relu']),
    'Concat',
    'Conv',
  ]);
  expect(graph?.initializer.slice(0, 3)).toEqual(model.graph?.initializer);
  expect(graph?.initializer.every(({ rawData }, at) => at < 3 || rawData.length === 8)).toBe(true);
});

test('forgets the types of values that are gone', () => {
  const model = makeChain();
  const nameOf = ({ name }: { name: string }) => name;
  model.graph?.valueInfo.push(
    ...['many', 'few'].map((name) => ({ name, type: { tensorType: { elemType: DATA_TYPE.float } } })),
  );
  expect(takeApart(model).graph?.valueInfo.map(nameOf)).toEqual(['few']);
});

test('computes the features of EfficientNet-Lite0, cut behind its fourth block', async () => {
  const bytes = await readFile('models/efficientnet-lite0.onnx');
  const rewritten = takeApart(decodeModel(bytes, 'it'));
  const joined = rewritten.graph?.node.find(({ opType }) => opType === 'Concat');
  expect(joined?.output).toEqual(['block3.project']);
  const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const whole = await InferenceSession.create(bytes, options);
  const apart = await InferenceSession.create(encodeModel(rewritten), options);
  const picture = 224 * 224 * 3;
  const pixels = Uint8Array.from({ length: 4 * picture }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 24);
  for (const count of [4, 1, 3]) {
    const image = new Tensor('uint8', pixels.subarray(0, count * picture), [count, 224, 224, 3]);
    const [expected, received] = [await whole.run({ image }), await apart.run({ image })].map(
      ({ features }) => features?.data as Float32Array,
    );
    if (expected === undefined || received === undefined) throw new Error('Expected features.');
    expect(differenceInDeviations(received, expected)).toBeLessThanOrEqual(TOLERANCE);
  }
  await Promise.all([whole.release(), apart.release()]);
});

/** Large values first, many kernels behind them. */
const makeForBoth = (): OnnxModel =>
  makeNetwork([
    makeLayer('x', 'many', CHANNELS, MANY),
    makeNode('Relu', ['many'], 'positive'),
    makeLayer('positive', 'few', MANY, 8, 2),
    makeLayer('few', 'wide', 8, 128, 2),
    makeLayer('wide', 'y', 128, 256),
  ]);

test('goes with Winograd’s algorithm behind the cut', async () => {
  const model = makeForBoth();
  const plan = planRewriting(model, { winograd: 'where-faster', microBatch: MICRO_BATCH });
  expect(plan?.makesWeights).toBe(true);
  const rewritten = plan?.rewrite() ?? model;
  expect(operatorsOf(rewritten).filter((opType) => opType === 'Slice')).toHaveLength(MICRO_BATCH);
  expect(operatorsOf(rewritten).filter((opType) => opType === 'MatMul').length).toBeGreaterThanOrEqual(16);
  const [expected, received] = [await runNetwork(model, 4), await runNetwork(rewritten, 4)];
  expect(differenceInDeviations(received, expected)).toBeLessThanOrEqual(1e-4);
});

test('leaves a front that Winograd’s algorithm computes together', () => {
  const plan = planRewriting(makeChain(), { winograd: 'everywhere', microBatch: MICRO_BATCH });
  expect(operatorsOf(plan?.rewrite() ?? makeChain())).not.toContain('Slice');
});

test('is handed over in memory, and micro-batches of one picture as they came', async () => {
  const bytes = encodeModel(makeChain());
  const open = (microBatch: number) =>
    openRewritten(bytes, { winograd: 'where-faster', microBatch }, (network) => Promise.resolve(network));
  expect(await open(1)).toBe(bytes);
  const received = await open(MICRO_BATCH);
  if (typeof received === 'string') throw new Error('Expected bytes, received a file.');
  expect(operatorsOf(decodeModel(received, 'it'))).toContain('Slice');
});
