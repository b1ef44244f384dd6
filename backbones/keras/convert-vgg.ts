import { count } from '../../dataset/quote.js';
import { BadInput } from '../../errors/graft-error.js';
import type { KerasWeight } from './keras-layouts.js';
import { type FoundConvolution, pickConvolutions } from './pick-convolutions.js';
import { withKerasWeights } from './read-keras-weights.js';
import { buildVgg, vggDimensions } from './vgg-graph.js';
import type { VggKind, VggLayer } from './vgg-layers.js';

export interface ConvertVggTask {
  readonly kind: VggKind;
  /** Absolute path of the weights. */
  readonly file: string;
  /** What messages call the file. */
  readonly shown: string;
}

export interface ConvertedVgg {
  readonly onnx: Uint8Array;
  /** Length of the feature vector. */
  readonly dimensions: number;
}

/**
 * Makes an ONNX file of Keras' VGG weights, on the calling thread.
 *
 * @throws BadInput
 */
export function convertVgg({ kind, file, shown }: ConvertVggTask): Promise<ConvertedVgg> {
  return withKerasWeights(file, shown, (layers) => {
    const found = pickConvolutions(layers, kind, shown);
    return {
      onnx: buildVgg(found.map((convolution) => layerOf(convolution, shown))),
      dimensions: vggDimensions(found.at(-1)?.bias.shape[0] ?? 0),
    };
  });
}

/** The kernel is read when the graph asks for it, so that only one is in memory beside the graph's own. */
function layerOf({ name, kernel, bias }: FoundConvolution, shown: string): VggLayer {
  const read = (weight: KerasWeight, role: string): Float32Array =>
    assertFinite(weight.read(), `${shown}, layer "${name}", ${role}`);
  return {
    get kernel() {
      return read(kernel, 'kernel');
    },
    bias: read(bias, 'bias'),
  };
}

function assertFinite(numbers: Float32Array, where: string): Float32Array {
  const first = numbers.findIndex((number) => !Number.isFinite(number));
  if (first === -1) return numbers;
  throw new BadInput(
    `${where}: expected finite numbers, received ${String(numbers[first])} at place ${count(first)}. ` +
      'The training that made these weights diverged, or the file is damaged: pass others.',
  );
}
