import { basename, resolve } from 'node:path';
import { hashFile } from '../../dataset/download-checks.js';
import type { BackboneDraft } from '../draft.js';
import { KERAS_NEAREST } from '../recipes.js';
import { PUBLISHED_LICENCE, PUBLISHED_WEIGHTS } from './published-weights.js';
import { VGG_SIDE } from './vgg-graph.js';
import type { VggKind } from './vgg-layers.js';
import { convertInThread } from './vgg-thread.js';

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
  const { onnx, dimensions } = await convertInThread({ kind, file: resolve(file), shown });
  return {
    name,
    title: TITLES[kind],
    onnx,
    dimensions,
    inputSize: VGG_SIDE,
    recipe: KERAS_NEAREST,
    precision: 'float32',
    ...(await describeOrigin(kind, file)),
  };
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
