import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../onnx/build.js';
import { encodeModel } from '../onnx/codec.js';
import { DATA_TYPE, type OnnxNode, type OnnxTensor } from '../onnx/model.js';
import { kindByCount, namesOfConvolutions, type VggLayer } from './vgg-layers.js';

/** Side of the square input, pixels. */
export const VGG_SIDE = 224;
/** Five poolings halve 224 to 7. */
const VGG_PLACES = 7 * 7;
/** Means of ImageNet's pixels, blue, green, red: Keras' `preprocess_input(mode='caffe')`. */
const BGR_MEANS = [103.939, 116.779, 123.68];

/** Nodes and constants of a graph under construction. */
interface Parts {
  readonly node: OnnxNode[];
  readonly initializer: OnnxTensor[];
}

/**
 * Makes Keras' VGG16 (13 layers) or VGG19 (16) without its dense layers as an ONNX file: `image` uint8 RGB
 * `[N, 224, 224, 3]` in, `features` float32 `[N, 49 × last layer's channels]` out, ordered (row, column, channel) as
 * Keras' `Flatten` does. Preprocessing is inside: red and blue swapped, means subtracted.
 *
 * Initializers: `block1_conv1/kernel` `[out, in, 3, 3]` and `block1_conv1/bias`; values: `block1_conv1/conv` before and
 * `block1_conv1` after the ReLU, `block1_pool`.
 *
 * @throws RangeError where the layers are not 13 or 16, or their lengths form no chain.
 */
export function buildVgg(layers: readonly VggLayer[]): Uint8Array {
  const kind = kindByCount(layers.length);
  if (kind === undefined) throw new RangeError(`VGG has 13 or 16 convolutions, not ${layers.length}.`);
  const parts: Parts = { node: [], initializer: [] };
  let value = addPreprocessing(parts, 'image');
  let channels = 3;
  const remaining = layers.values();
  for (const [block, names] of namesOfConvolutions(kind).entries()) {
    for (const name of names) {
      const { value: layer } = remaining.next();
      if (layer === undefined) throw new RangeError(`Layer ${name} is missing.`);
      value = addConvolution(parts, name, value, channels, layer);
      channels = layer.bias.length;
    }
    value = add(parts, 'MaxPool', [value], `block${block + 1}_pool`, {
      kernel_shape: [2, 2],
      strides: [2, 2],
    });
  }
  value = add(parts, 'Transpose', [value], 'places_last', { perm: [0, 2, 3, 1] });
  add(parts, 'Flatten', [value], 'features', { axis: 1 });
  const input = [makeValue('image', DATA_TYPE.uint8, ['N', VGG_SIDE, VGG_SIDE, 3])];
  const output = [makeValue('features', DATA_TYPE.float, ['N', vggDimensions(channels)])];
  return encodeModel(makeModel(makeGraph(kind, { ...parts, input, output })));
}

/** Length of the feature vector of a network whose last layer gives `channels`. */
export const vggDimensions = (channels: number): number => VGG_PLACES * channels;

function add(
  { node }: Parts,
  opType: string,
  input: readonly string[],
  output: string,
  attributes: Parameters<typeof makeNode>[3] = {},
): string {
  node.push(makeNode(opType, input, output, attributes));
  return output;
}

/** Keras' `preprocess_input`, then channels first, as ONNX's convolutions want them. */
function addPreprocessing(parts: Parts, image: string): string {
  parts.initializer.push(
    makeTensor('bgr', [3], BigInt64Array.of(2n, 1n, 0n)),
    makeTensor('bgr_means', [3], Float32Array.from(BGR_MEANS)),
  );
  const floats = add(parts, 'Cast', [image], 'rgb_floats', { to: DATA_TYPE.float });
  const bgr = add(parts, 'Gather', [floats, 'bgr'], 'bgr_floats', { axis: 3 });
  const centred = add(parts, 'Sub', [bgr, 'bgr_means'], 'centred');
  return add(parts, 'Transpose', [centred], 'channels_first', { perm: [0, 3, 1, 2] });
}

function addConvolution(
  parts: Parts,
  name: string,
  input: string,
  channels: number,
  { kernel, bias }: VggLayer,
): string {
  const [kernelName, biasName] = [`${name}/kernel`, `${name}/bias`];
  parts.initializer.push(
    makeTensor(kernelName, [bias.length, channels, 3, 3], outputFirst(kernel, channels, bias.length)),
    makeTensor(biasName, [bias.length], bias),
  );
  const attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const sums = add(parts, 'Conv', [input, kernelName, biasName], `${name}/conv`, attributes);
  return add(parts, 'Relu', [sums], name);
}

/** Keras' `[height, width, in, out]` → ONNX's `[out, in, height, width]`; a copy. */
function outputFirst(kernel: Float32Array, channelsIn: number, channelsOut: number): Float32Array {
  const turned = new Float32Array(kernel.length);
  let from = 0;
  for (let place = 0; place < 9; place++)
    for (let input = 0; input < channelsIn; input++)
      for (let output = 0; output < channelsOut; output++)
        turned[(output * channelsIn + input) * 9 + place] = kernel[from++] ?? 0;
  return turned;
}
