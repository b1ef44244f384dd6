import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../../../backbones/onnx/build.js';
import { decodeModel, encodeModel } from '../../../backbones/onnx/codec.js';
import { DATA_TYPE, type OnnxGraph, type OnnxModel } from '../../../backbones/onnx/model.js';
import { shapeOf } from '../../../backbones/onnx/read-tensor.js';
import { scaleOf } from '../../../backbones/quantize/activation-range.js';
import { planQuantization, warnOfPlan } from '../../../backbones/quantize/quantization-plan.js';
import { writeQdq } from '../../../backbones/quantize/qdq-graph.js';
import { readSubject } from '../../../backbones/quantize/subject.js';
import { resolveBackbone } from '../../../backbones/registry.js';
import { SIDE, tinyNetwork } from './tiny-network.js';

const subjectOf = (bytes: Uint8Array) => readSubject(bytes, 'tiny', SIDE).model;

/** The tiny network with every range from -1 to 3. */
function quantizeTiny(): OnnxGraph {
  const model = subjectOf(tinyNetwork());
  const plan = planQuantization(model, 'tiny');
  const scales = new Map([...plan.points.keys()].map((value) => [value, scaleOf({ min: -1, max: 3 })]));
  const { graph } = writeQdq(model, plan, scales, 127);
  if (!graph) throw new Error('No graph.');
  return graph;
}

test('convolutions, and the poolings and additions between them, are planned; an activation joins its operator', () => {
  const { convolutions, points } = planQuantization(subjectOf(tinyNetwork()), 'tiny');
  expect(convolutions.map(({ node }) => node.output[0])).toEqual(['stem/conv', 'block/conv']);
  expect([...points]).toEqual([
    ['channels_first', 'channels_first'],
    ['stem', 'stem'],
    ['pool', 'stem'],
    ['block/conv', 'block/conv'],
    ['block', 'block'],
  ]);
});

test('an activation that is not the only reader stays an operator of its own', () => {
  const bytes = tinyNetwork({
    node: (node) => (node.opType === 'Add' ? { ...node, input: ['block/conv', 'stem/conv'] } : node),
  });
  const { points } = planQuantization(subjectOf(bytes), 'tiny');
  expect(points.get('stem/conv')).toBe('stem/conv');
  expect(points.has('stem')).toBe(false);
  expect(points.get('pool')).toBe('pool');
});

test('every quantised value passes through a pair, and nobody reads the float one but the pair', () => {
  const { node: nodes } = quantizeTiny();
  for (const value of ['channels_first', 'stem', 'pool', 'block/conv', 'block']) {
    const readers = nodes.filter(({ input }) => input.includes(value));
    expect(readers.map(({ opType }) => opType)).toEqual(['QuantizeLinear']);
    expect(readers[0]?.output).toEqual([`${value}/quantized`]);
  }
  const at = (output: string) => nodes.find((node) => node.output[0] === output)?.input;
  expect(at('stem/conv')).toEqual(['channels_first/dequantized', 'stem/conv/kernel', 'stem/conv/bias']);
  expect(at('block/conv')).toEqual(['pool/dequantized', 'block/conv/kernel']);
  expect(at('sum')).toEqual(['block/conv/dequantized', 'pool/dequantized']);
  expect(at('places_last')).toEqual(['block/dequantized']);
});

test('kernels are int8 and biases int32 with a scale for each output channel, and the float ones are gone', () => {
  const { node: nodes, initializer } = quantizeTiny();
  const constant = (name: string) => {
    const tensor = initializer.find((each) => each.name === name);
    return tensor && { type: tensor.dataType, shape: shapeOf(tensor) };
  };
  expect(constant('stem/kernel')).toBeUndefined();
  expect(constant('stem/bias')).toBeUndefined();
  expect(constant('scale')).toBeDefined();
  expect(constant('stem/conv/kernel/quantized')).toEqual({ type: DATA_TYPE.int8, shape: [4, 3, 3, 3] });
  expect(constant('stem/conv/bias/quantized')).toEqual({ type: DATA_TYPE.int32, shape: [4] });
  expect(constant('stem/conv/kernel/scale')).toEqual({ type: DATA_TYPE.float, shape: [4] });
  expect(constant('stem/zero_point')).toEqual({ type: DATA_TYPE.uint8, shape: [] });
  const restore = nodes.find(({ output }) => output[0] === 'stem/conv/kernel');
  expect(restore?.attribute.map(({ name, i }) => [name, Number(i)])).toEqual([['axis', 0]]);
});

const sole = (opType: string, opset = 16): OnnxModel => ({
  ...makeModel(
    makeGraph('sole', {
      node: [makeNode(opType, ['x', 'weights'], 'y')],
      initializer: [makeTensor('weights', [1, 1, 1, 1], Float32Array.of(1))],
      input: [makeValue('x', DATA_TYPE.float, ['N', 1, 1, 1])],
      output: [makeValue('y', DATA_TYPE.float, ['N', 1, 1, 1])],
    }),
  ),
  opsetImport: [{ domain: '', version: opset }],
});

test.each([
  ['no convolution', sole('MatMul'), 'has no convolution with constant weights'],
  ['an old operator set', sole('Conv', 11), 'expected ONNX operator set 13 or later, received 11'],
  ['a quantised network', sole('DequantizeLinear'), 'is quantised already (it has a DequantizeLinear)'],
])('%s is refused in one sentence', (_, model, sentence) => {
  expect(() => planQuantization(model, 'Backbone "sole"')).toThrow(sentence);
});

test("a convolution that gives the network's output leaves it float", () => {
  const { points } = planQuantization(sole('Conv'), 'sole');
  expect([...points.keys()]).toEqual(['x']);
});

test('a network with many depthwise convolutions gets a warning, others none', async () => {
  const { file } = await resolveBackbone('efficientnet-lite0');
  const plan = planQuantization(decodeModel(await readFile(file), file), 'EfficientNet');
  expect(warnOfPlan(plan, 'EfficientNet')).toContain('16 depthwise convolutions of 49');
  expect(warnOfPlan(planQuantization(subjectOf(tinyNetwork()), 'tiny'), 'tiny')).toBeUndefined();
});

test('a network of two outputs is refused, and a file that is no network', () => {
  const model = decodeModel(tinyNetwork(), 'tiny');
  const { graph } = model;
  if (!graph) throw new Error('No graph.');
  const two = {
    ...model,
    graph: { ...graph, output: [...graph.output, makeValue('pool', 1, ['N', 4, 4, 4])] },
  };
  expect(() => readSubject(encodeModel(two), 'two', SIDE)).toThrow(
    'two: expected a network with one input and one',
  );
  expect(() => readSubject(Buffer.from('x'), 'broken', SIDE)).toThrow('is not an ONNX model');
});
