import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { resolveBackbone } from '../../../backbones/registry.js';
import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../../../backbones/onnx/build.js';
import { decodeModel, encodeModel } from '../../../backbones/onnx/codec.js';
import { DATA_TYPE, toNumber } from '../../../backbones/onnx/model.js';
import { readFloats, shapeOf } from '../../../backbones/onnx/read-tensor.js';
import { BadInput } from '../../../errors/graft-error.js';

test('a file that is read and written again is the same, byte for byte', async () => {
  const { file } = await resolveBackbone('efficientnet-lite0');
  const bytes = await readFile(file);
  const model = decodeModel(bytes, file);
  expect(model.graph?.node.length).toBe(97);
  expect(Buffer.from(encodeModel(model)).equals(bytes)).toBe(true);
});

test('a graph that is built here comes back with its operators, attributes and numbers', () => {
  const kernel = makeTensor('kernel', [1, 3, 1, 1], Float32Array.of(0.5, -2, 1e-20));
  const graph = makeGraph('tiny', {
    node: [makeNode('Conv', ['x', 'kernel'], 'y', { pads: [1, 0, 0, 1], group: 1, auto_pad: 'NOTSET' })],
    initializer: [kernel, makeTensor('big', [1], BigInt64Array.of(-1n))],
    input: [makeValue('x', DATA_TYPE.float, ['N', 3, 8, 8])],
    output: [makeValue('y', DATA_TYPE.float, ['N', 1, 9, 9])],
  });
  const read = decodeModel(encodeModel(makeModel(graph)), 'tiny.onnx').graph;
  const [node] = read?.node ?? [];
  expect(node?.opType).toBe('Conv');
  expect(node?.attribute.find(({ name }) => name === 'pads')?.ints.map(toNumber)).toEqual([1, 0, 0, 1]);
  const [tensor] = read?.initializer ?? [];
  if (tensor === undefined) throw new Error('The kernel is gone.');
  expect(shapeOf(tensor)).toEqual([1, 3, 1, 1]);
  expect(readFloats(tensor)).toEqual(Float32Array.of(0.5, -2, 1e-20));
  expect(read?.input[0]?.type?.tensorType?.shape?.dim[0]?.dimParam).toBe('N');
});

test.each([
  ['nothing', new Uint8Array()],
  ['text', Buffer.from('<html>404 Not Found</html>')],
  ['a cut-off file', undefined],
])('%s is refused as no model in one sentence', async (_, bytes) => {
  const whole = await readFile((await resolveBackbone('efficientnet-lite0')).file);
  const read = () => decodeModel(bytes ?? whole.subarray(0, 1_000_000), 'net.onnx');
  expect(read).toThrow(BadInput);
  expect(read).toThrow('net.onnx is not an ONNX model, or it is cut off');
});

test('numbers that are not float32, or not as many as the shape says, are refused', () => {
  expect(() => readFloats(makeTensor('t', [1], Int8Array.of(1)))).toThrow('expected float32 numbers');
  const short = { ...makeTensor('t', [2], Float32Array.of(1, 2)), dims: [3] };
  expect(() => readFloats(short)).toThrow('expected 3 numbers, received 2');
  expect(() => readFloats({ ...makeTensor('t', [1], Float32Array.of(1)), dataLocation: 1 })).toThrow(
    'in another file',
  );
  expect(() => makeTensor('t', [4], Float32Array.of(1))).toThrow(RangeError);
});
