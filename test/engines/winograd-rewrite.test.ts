import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../../backbones/onnx/build.js';
import type { AttributeValue } from '../../backbones/onnx/build.js';
import { encodeModel } from '../../backbones/onnx/codec.js';
import { DATA_TYPE, type OnnxModel } from '../../backbones/onnx/model.js';
import {
  canRewrite,
  paysByWinograd,
  rewriteConvolutions,
} from '../../engines/winograd/rewrite-convolutions.js';

const INPUTS = 3;
const OUTPUTS = 5;

interface Shape {
  readonly height: number;
  readonly width: number;
  readonly inputs?: number;
  readonly outputs?: number;
  readonly bias?: boolean;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** What stands before the convolution. */
  readonly before?: string;
}

/** x → Relu → 3x3 convolution → y. */
function makeNetwork(shape: Shape): OnnxModel {
  const {
    height,
    width,
    inputs = INPUTS,
    outputs = OUTPUTS,
    bias = true,
    attributes,
    before = 'Relu',
  } = shape;
  const kernels = Float32Array.from({ length: outputs * inputs * 9 }, (_, at) => Math.sin(at * 1.7) / inputs);
  const constants = Float32Array.from({ length: outputs }, (_, at) => at - 2);
  return makeModel(
    makeGraph('network', {
      node: [
        makeNode(before, ['x'], 'positive'),
        makeNode('Conv', ['positive', 'kernels', ...(bias ? ['bias'] : [])], 'y', {
          pads: [1, 1, 1, 1],
          ...attributes,
        }),
      ],
      initializer: [
        makeTensor('kernels', [outputs, inputs, 3, 3], kernels),
        ...(bias ? [makeTensor('bias', [outputs], constants)] : []),
      ],
      input: [makeValue('x', DATA_TYPE.float, ['N', inputs, height, width])],
      output: [makeValue('y', DATA_TYPE.float, ['N', outputs, 'H', 'W'])],
    }),
  );
}

async function runNetwork(
  model: OnnxModel,
  pictures: Float32Array,
  dims: readonly number[],
): Promise<Float32Array> {
  const session = await InferenceSession.create(encodeModel(model), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const { y } = await session.run({ x: new Tensor('float32', pictures, dims) });
    return y?.data as Float32Array;
  } finally {
    await session.release();
  }
}

const makePictures = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => Math.sin(at * 0.37) + Math.cos(at * at));

const everywhere = () => true;

const rewrite = (model: OnnxModel): OnnxModel => rewriteConvolutions(model, everywhere);

const operatorsOf = ({ graph }: OnnxModel): readonly string[] =>
  (graph?.node ?? []).map(({ opType }) => opType);

// Tiles of 4 in one segment and in several; of 2 likewise; another one along each axis.
test.each([
  { height: 4, width: 4 },
  { height: 28, width: 56 },
  { height: 36, width: 8, bias: false },
  { height: 14, width: 22 },
  { height: 6, width: 28 },
])('computes the convolution of $height x $width pixels', async (shape) => {
  const model = makeNetwork(shape);
  const dims = [2, INPUTS, shape.height, shape.width];
  const pictures = makePictures(2 * INPUTS * shape.height * shape.width);
  const expected = await runNetwork(model, pictures, dims);
  const rewritten = rewrite(model);
  expect(operatorsOf(rewritten)).not.toContain('Conv');
  const received = await runNetwork(rewritten, pictures, dims);
  expect(received).toHaveLength(expected.length);
  received.forEach((value, at) => expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 4));
});

test('gives a picture the same bits whatever its neighbours, its place and their number', async () => {
  const model = rewrite(makeNetwork({ height: 28, width: 16 }));
  const [length, features] = [INPUTS * 28 * 16, OUTPUTS * 28 * 16];
  const pictures = makePictures(5 * length);
  const together = await runNetwork(model, pictures, [5, INPUTS, 28, 16]);
  for (const at of [0, 3, 4]) {
    const alone = await runNetwork(model, pictures.slice(at * length, (at + 1) * length), [
      1,
      INPUTS,
      28,
      16,
    ]);
    expect(alone).toEqual(together.slice(at * features, (at + 1) * features));
  }
});

test('leaves no constant that nothing reads', () => {
  const { graph } = rewrite(makeNetwork({ height: 8, width: 8 }));
  const read = new Set((graph?.node ?? []).flatMap(({ input }) => input));
  expect(graph?.initializer.filter(({ name }) => !read.has(name))).toEqual([]);
});

test.each<[string, Shape]>([
  ['a stride', { height: 8, width: 8, attributes: { strides: [2, 2] } }],
  ['gaps', { height: 8, width: 8, attributes: { dilations: [2, 2] } }],
  ['no padding', { height: 8, width: 8, attributes: { pads: [0, 0, 0, 0] } }],
  ['padding by name', { height: 8, width: 8, attributes: { auto_pad: 'SAME_UPPER' } }],
  ['an odd height', { height: 7, width: 8 }],
  ['a source of unknown shape', { height: 8, width: 8, before: 'Sigmoid' }],
])('leaves a convolution with %s as it is', (_, shape) => {
  expect(canRewrite(makeNetwork(shape), everywhere)).toBe(false);
});

test('leaves a convolution in groups as it is', () => {
  const model = makeNetwork({ height: 8, width: 8, inputs: 4, outputs: 4, attributes: { group: 4 } });
  const kernels = model.graph?.initializer[0];
  if (kernels !== undefined) kernels.dims = [4, 1, 3, 3];
  expect(canRewrite(model, everywhere)).toBe(false);
});

test('leaves a convolution whose weights are an input as it is', () => {
  const model = makeNetwork({ height: 8, width: 8 });
  model.graph?.input.push(makeValue('kernels', DATA_TYPE.float, [OUTPUTS, INPUTS, 3, 3]));
  expect(canRewrite(model, everywhere)).toBe(false);
});

test('leaves a network of operators older than Split with lengths as it is', () => {
  const model = makeNetwork({ height: 8, width: 8 });
  model.opsetImport = [{ domain: '', version: 12 }];
  expect(canRewrite(model, everywhere)).toBe(false);
});

test('chooses convolutions of many channels', () => {
  expect(canRewrite(makeNetwork({ height: 8, width: 8, inputs: 128, outputs: 255 }), paysByWinograd)).toBe(
    false,
  );
  expect(canRewrite(makeNetwork({ height: 8, width: 8, inputs: 128, outputs: 256 }), paysByWinograd)).toBe(
    true,
  );
});
