import { InferenceSession, Tensor } from 'onnxruntime-node';
import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../../../backbones/onnx/build.js';
import { encodeModel } from '../../../backbones/onnx/codec.js';
import { DATA_TYPE, type OnnxModel, type OnnxNode, type OnnxTensor } from '../../../backbones/onnx/model.js';

/** Height and width of the pictures `x`, float32 [N, 4, 64, 64]. */
export const SIDE = 64;
export const CHANNELS = 4;
/** So many channels of 64 x 64 numbers are large: more than 1 MiB of float32. */
export const MANY = 72;

/** A convolution that keeps height and width, or halves them, and its weights. */
export interface Layer {
  readonly node: OnnxNode;
  readonly weights: OnnxTensor;
}

export function makeLayer(source: string, value: string, inputs: number, outputs: number, step = 1): Layer {
  const data = Float32Array.from(
    { length: outputs * inputs * 9 },
    (_, at) => Math.sin(at * 1.7 + outputs) / inputs,
  );
  const attributes = { pads: [1, 1, 1, 1], strides: [step, step], kernel_shape: [3, 3] };
  const weights = makeTensor(`${value}.weights`, [outputs, inputs, 3, 3], data);
  return { node: makeNode('Conv', [source, weights.name], value, attributes), weights };
}

/** A network of `x` whose output is `y`: nodes in their order, convolutions with their weights. */
export function makeNetwork(
  parts: readonly (OnnxNode | Layer)[],
  constants: readonly OnnxTensor[] = [],
  batch: number | string = 'N',
): OnnxModel {
  const node = parts.map((part) => ('node' in part ? part.node : part));
  const initializer = [...parts.flatMap((part) => ('node' in part ? [part.weights] : [])), ...constants];
  return makeModel(
    makeGraph('network', {
      node,
      initializer,
      input: [makeValue('x', DATA_TYPE.float, [batch, CHANNELS, SIDE, SIDE])],
      output: [makeValue('y', DATA_TYPE.float, [batch, 'C', 'H', 'W'])],
    }),
  );
}

/** x → many channels → `middle` → few, halved → Relu `few` → more → y. */
export const makeChain = (middle = 'Relu', constants: readonly OnnxTensor[] = []): OnnxModel =>
  makeNetwork(
    [
      makeLayer('x', 'many', CHANNELS, MANY),
      makeNode(middle, ['many', ...constants.map(({ name }) => name)], 'positive'),
      makeLayer('positive', 'halved', MANY, 8, 2),
      makeNode('Relu', ['halved'], 'few'),
      makeLayer('few', 'y', 8, 16),
    ],
    constants,
  );

/** Numbers of `count` pictures that all differ. */
export const makePictures = (count: number): Float32Array =>
  Float32Array.from(
    { length: count * CHANNELS * SIDE * SIDE },
    (_, at) => Math.sin(at * 0.37) + Math.cos((at % 10_007) ** 2),
  );

/** What a network makes of as many pictures. */
export async function runNetwork(model: OnnxModel, count: number): Promise<Float32Array> {
  const session = await InferenceSession.create(encodeModel(model), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const x = new Tensor('float32', makePictures(count), [count, CHANNELS, SIDE, SIDE]);
    const { y } = await session.run({ x });
    return y?.data as Float32Array;
  } finally {
    await session.release();
  }
}
