import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../../../backbones/onnx/build.js';
import { encodeModel } from '../../../backbones/onnx/codec.js';
import { DATA_TYPE, type OnnxNode } from '../../../backbones/onnx/model.js';

export const SIDE = 8;
const CHANNELS = 4;
export const DIMENSIONS = (SIDE / 2) ** 2 * CHANNELS;

/** Numbers from -1 to 1 that are the same every time (a linear congruential generator). */
export function numbers(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  });
}

/** Pictures of noise. */
export const pictures = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, at) =>
    Uint8Array.from(numbers(SIDE * SIDE * 3, at + 1), (number) => Math.round((number + 1) * 127.5)),
  );

/**
 * A convolution with bias and Relu, a pooling, and a residual block: convolution without bias, addition, Relu. The first
 * channel of the first kernel is a thousandth of the others, so that one scale for all would lose it.
 */
export function tinyNetwork(change: { readonly node?: (node: OnnxNode) => OnnxNode } = {}): Uint8Array {
  const kernel = numbers(CHANNELS * 27);
  kernel.subarray(0, 27).forEach((weight, at) => (kernel[at] = weight / 1000));
  const node = [
    makeNode('Cast', ['image'], 'floats', { to: DATA_TYPE.float }),
    makeNode('Mul', ['floats', 'scale'], 'scaled'),
    makeNode('Transpose', ['scaled'], 'channels_first', { perm: [0, 3, 1, 2] }),
    makeNode('Conv', ['channels_first', 'stem/kernel', 'stem/bias'], 'stem/conv', { pads: [1, 1, 1, 1] }),
    makeNode('Relu', ['stem/conv'], 'stem'),
    makeNode('MaxPool', ['stem'], 'pool', { kernel_shape: [2, 2], strides: [2, 2] }),
    makeNode('Conv', ['pool', 'block/kernel'], 'block/conv', { pads: [1, 1, 1, 1] }),
    makeNode('Add', ['block/conv', 'pool'], 'sum'),
    makeNode('Relu', ['sum'], 'block'),
    makeNode('Transpose', ['block'], 'places_last', { perm: [0, 2, 3, 1] }),
    makeNode('Flatten', ['places_last'], 'features', { axis: 1 }),
  ];
  const graph = makeGraph('tiny', {
    node: node.map(change.node ?? ((same) => same)),
    initializer: [
      makeTensor('scale', [], Float32Array.of(1 / 255)),
      makeTensor('stem/kernel', [CHANNELS, 3, 3, 3], kernel),
      makeTensor('stem/bias', [CHANNELS], numbers(CHANNELS, 7)),
      makeTensor('block/kernel', [CHANNELS, CHANNELS, 3, 3], numbers(CHANNELS * CHANNELS * 9, 3)),
    ],
    input: [makeValue('image', DATA_TYPE.uint8, ['N', SIDE, SIDE, 3])],
    output: [makeValue('features', DATA_TYPE.float, ['N', DIMENSIONS])],
  });
  return encodeModel(makeModel(graph));
}

/** The tiny network as the registry describes it. */
export const TINY = {
  name: 'tiny',
  title: 'Tiny',
  dimensions: DIMENSIONS,
  inputSize: SIDE,
  recipe: { name: 'keras-nearest', side: SIDE, orientation: 'ignore', icc: 'ignore', alpha: 'drop' },
  licence: 'CC0-1.0',
  fingerprint: 'ab'.repeat(32),
} as const;
