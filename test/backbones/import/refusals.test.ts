import { expect, test } from 'vitest';
import { importOnnx, type OnnxImport } from '../../../backbones/import/import-onnx.js';
import { makeNode, makeTensor, makeValue } from '../../../backbones/onnx/build.js';
import { DATA_TYPE, type OnnxModel } from '../../../backbones/onnx/model.js';
import { BadInput } from '../../../errors/graft-error.js';
import { asImport, CONVOLUTION, makeNetwork, SIDE } from './networks.js';

const STRING = 8;
const BOOL = 9;

const twoInputs = makeNetwork({ node: [makeNode('Add', ['x', 'mask'], 'y')] });
twoInputs.graph.input.push(makeValue('mask', DATA_TYPE.float, ['N', 1, 1, 1]));

const external = makeNetwork(CONVOLUTION);
external.graph.initializer = external.graph.initializer.map((tensor) => ({
  ...tensor,
  rawData: new Uint8Array(),
  dataLocation: 1,
}));

const opset = (version: number): OnnxModel => ({
  ...makeNetwork(),
  opsetImport: [{ domain: '', version }],
});

const foreign = makeNetwork({ node: [{ ...makeNode('Frobnicate', ['x'], 'y'), domain: 'com.acme' }] });
foreign.opsetImport.push({ domain: 'com.acme', version: 1 });

const tokens = makeNetwork({
  node: [makeNode('Reshape', ['x', 'shape'], 'y')],
  initializer: [makeTensor('shape', [3], BigInt64Array.of(0n, 4n, BigInt((3 * SIDE * SIDE) / 4)))],
});

const single = makeNetwork({
  node: [makeNode('Reshape', ['x', 'shape'], 'y')],
  initializer: [makeTensor('shape', [2], BigInt64Array.of(1n, -1n))],
});

const constant = makeNetwork({
  node: [makeNode('Mul', ['x', 'zero'], 'nought'), makeNode('Flatten', ['nought'], 'y')],
  initializer: [makeTensor('zero', [1], Float32Array.of(0))],
});

const notFinite = makeNetwork({
  node: [
    makeNode('Neg', ['x'], 'less'),
    makeNode('Sqrt', ['less'], 'root'),
    makeNode('Flatten', ['root'], 'y'),
  ],
});

const neighbourly = makeNetwork({
  node: [
    makeNode('ReduceMean', ['x'], 'mean', { axes: [0], keepdims: 1 }),
    makeNode('Sub', ['x', 'mean'], 'apart'),
    makeNode('Flatten', ['apart'], 'y'),
  ],
});

const twoOutputs = makeNetwork({
  node: [makeNode('Flatten', ['x'], 'y'), makeNode('Relu', ['x'], 'z')],
  outputs: ['y', 'z'],
});

const cases: readonly (readonly [string, OnnxModel, Partial<OnnxImport>, string])[] = [
  ['two inputs', twoInputs, {}, 'depends on 2 inputs (x, mask): expected pictures alone'],
  ['two outputs', twoOutputs, {}, 'has 2 outputs: choose one with --output: y, z.'],
  ['an output that is not there', makeNetwork(), { output: 'q' }, 'has no value or node "q" for --output'],
  [
    'an empty output',
    makeNetwork({ node: [makeNode('Flatten', ['x'], 'y'), makeNode('Relu', ['x'], '')] }),
    { output: '' },
    'has no value or node "" for --output; its last values are y.',
  ],
  [
    'a dynamic image size',
    makeNetwork({ shape: ['N', 3, 'height', 'width'] }),
    {},
    'leaves the size of its pictures open (received float32 [N, 3, height, width])',
  ],
  ['another --size', makeNetwork(), { size: 9 }, 'has a fixed size: expected --size 8, received 9'],
  ['no square', makeNetwork({ shape: ['N', 3, 8, 9] }), {}, 'takes no square pictures'],
  ['one channel', makeNetwork({ shape: ['N', 1, 8, 8] }), {}, 'expected 3 channels'],
  [
    'another layout',
    makeNetwork(),
    { preprocessing: { layout: 'nhwc' } },
    'takes no RGB pictures in --layout nhwc',
  ],
  ['either layout', makeNetwork({ shape: ['N', 3, 8, 3] }), {}, 'add --layout nchw or nhwc'],
  ['three axes', makeNetwork({ shape: ['N', 3, 64] }), {}, 'expected four axes'],
  [
    'text',
    makeNetwork({ type: STRING }),
    {},
    'expected uint8, float32 or float16 numbers, received ONNX type 8',
  ],
  [
    'floats without preprocessing',
    makeNetwork(),
    { preprocessing: {} },
    'add --preprocessing imagenet, clip,',
  ],
  [
    'bytes with preprocessing',
    makeNetwork({ type: DATA_TYPE.uint8, shape: ['N', 8, 8, 3] }),
    {},
    'its preprocessing is inside already',
  ],
  [
    'an output that is not numeric',
    makeNetwork({ node: [makeNode('Greater', ['x', 'x'], 'y')], outputType: BOOL }),
    {},
    'expected float32 or float16 numbers, received bool',
  ],
  [
    'an output of whole numbers',
    makeNetwork({ node: [makeNode('ArgMax', ['x'], 'y', { axis: 1 })], outputType: DATA_TYPE.int64 }),
    {},
    'received int64',
  ],
  ['tokens without --pool', tokens, {}, 'add --pool cls'],
  ['a vector with --pool', makeNetwork(), { pool: 'max' }, 'has nothing to pool: leave --pool out'],
  ['external data', external, {}, 'keeps its weights in another file ("kernel")'],
  ['an opset of the future', opset(9999), {}, 'uses ONNX opset 9999: expected at most'],
  ['an opset of the past', opset(6), {}, 'uses ONNX opset 6: expected 7 or newer'],
  [
    'an unknown operator',
    makeNetwork({ node: [makeNode('Frobnicate', ['x'], 'y')] }),
    {},
    'uses the operator Frobnicate, which onnxruntime does not have',
  ],
  ['an operator of somebody else', foreign, {}, 'uses the operator com.acme:Frobnicate'],
  ['one picture at a time', single, {}, 'runs on a fixed number of pictures only'],
  ['the same for every picture', constant, {}, 'gives the same features for different pictures'],
  ['no finite numbers', notFinite, {}, 'gives features that are not finite numbers'],
  ['features that depend on neighbours', neighbourly, {}, 'when other pictures stand beside it'],
];

test.each(cases)('%s: refused in one line that says what to do', async (_, model, wishes, expected) => {
  const failure: unknown = await importOnnx(asImport(model, wishes)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(BadInput);
  const { message } = failure as BadInput;
  expect(message).toContain(expected);
  expect(message).toMatch(/^tiny[^\n]{20,400}$/);
});

test('a file that is cut off, and one that is no ONNX, are refused', async () => {
  const request = asImport(makeNetwork(CONVOLUTION));
  const cut = importOnnx({ ...request, bytes: request.bytes.subarray(0, request.bytes.length - 20) });
  await expect(cut).rejects.toThrow('tiny.onnx is not an ONNX model, or it is cut off');
  const text = importOnnx({ ...request, bytes: Buffer.from('<!doctype html>') });
  await expect(text).rejects.toThrow(BadInput);
});

test('a file that protobuf cannot hold is refused before it is read', async () => {
  const bytes = Object.defineProperty(new Uint8Array(), 'length', { value: 2 ** 31 });
  await expect(importOnnx({ ...asImport(makeNetwork()), bytes })).rejects.toThrow('expected at most 2 GiB');
});
