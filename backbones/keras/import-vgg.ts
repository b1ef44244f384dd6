import { basename } from 'node:path';
import { hashFile } from '../../dataset/download-checks.js';
import { count } from '../../dataset/quote.js';
import { BadInput } from '../../errors/graft-error.js';
import type { BackboneDraft } from '../draft.js';
import { KERAS_NEAREST } from '../recipes.js';
import type { KerasWeight } from './keras-layouts.js';
import { type FoundConvolution, pickConvolutions } from './pick-convolutions.js';
import { PUBLISHED_LICENCE, PUBLISHED_WEIGHTS } from './published-weights.js';
import { withKerasWeights } from './read-keras-weights.js';
import { buildVgg, VGG_SIDE, vggDimensions } from './vgg-graph.js';
import type { VggKind, VggLayer } from './vgg-layers.js';

export interface ImportVggOptions {
  readonly kind: VggKind;
  /** Keras weights on this machine (.h5), with or without the dense layers. */
  readonly file: string;
  /** What the network will be called. Default: the kind. */
  readonly name?: string;
  /** What messages call the file. Default: its path. */
  readonly shown?: string;
}

const TITLES: Readonly<Record<VggKind, string>> = { vgg16: 'VGG16', vgg19: 'VGG19' };

/**
 * Makes a network of Keras' VGG weights: Keras' preprocessing and convolutions, no dense layers, features in Keras'
 * order, 49 × the last layer's channels (25,088 for the published weights). The recipe is `keras-nearest`.
 *
 * @throws BadInput where the file is absent, no HDF5, cut off, of another layout, lacks a layer, has other shapes, or
 *   holds numbers that are not finite.
 */
export async function importVgg(options: ImportVggOptions): Promise<BackboneDraft> {
  const { kind, file, name = kind, shown = file } = options;
  const { onnx, channels } = await withKerasWeights(file, shown, (layers) => {
    const found = pickConvolutions(layers, kind, shown);
    return {
      onnx: buildVgg(found.map((convolution) => layerOf(convolution, shown))),
      channels: found.at(-1)?.bias.shape[0] ?? 0,
    };
  });
  return {
    name,
    title: TITLES[kind],
    onnx,
    dimensions: vggDimensions(channels),
    inputSize: VGG_SIDE,
    recipe: KERAS_NEAREST,
    precision: 'float32',
    ...(await describeOrigin(kind, file)),
  };
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

/** Published weights are known by their hash, under whatever name they come. */
async function describeOrigin(
  kind: VggKind,
  file: string,
): Promise<Pick<BackboneDraft, 'licence' | 'origin'>> {
  const published = PUBLISHED_WEIGHTS[kind];
  if ((await hashFile(file, 'md5')) === published.md5)
    return { licence: PUBLISHED_LICENCE, origin: published.url };
  return {
    licence: 'unknown: that of the weights in the file',
    origin: `${basename(file)}, SHA-256 ${await hashFile(file)}`,
  };
}
