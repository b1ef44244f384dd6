import { quoteSome } from '../../dataset/quote.js';
import { BadInput } from '../../errors/graft-error.js';
import type { KerasLayer, KerasWeight } from './keras-layouts.js';
import { namesOfConvolutions, type VggKind } from './vgg-layers.js';

/** A convolution found in a file, its shapes checked, its numbers not yet read. */
export interface FoundConvolution {
  readonly name: string;
  readonly kernel: KerasWeight;
  readonly bias: KerasWeight;
}

/** Twice as many as VGG has: a file that claims more would cost gigabytes before it failed. */
const MOST_CHANNELS = 1024;

/**
 * Picks a VGG network's convolutions from a file's layers, by name, or by order where the file has no names. Dense
 * layers are ignored. Other numbers of channels than VGG's are fine where they form a chain.
 *
 * @throws BadInput for a missing layer, a layer of the larger network, other shapes than 3×3×in×out, other numbers than float32.
 */
export function pickConvolutions(
  layers: readonly KerasLayer[],
  kind: VggKind,
  shown: string,
): readonly FoundConvolution[] {
  const names = namesOfConvolutions(kind).flat();
  const isNamed = layers.some(({ name }) => name !== undefined);
  const found = isNamed ? pickByName(layers, names, kind, shown) : pickByOrder(layers, names, kind, shown);
  let channels = 3;
  return found.map((layer, index) => {
    const convolution = checkConvolution(layer, names[index] ?? layer.place, channels, shown);
    channels = convolution.bias.shape[0] ?? 0;
    return convolution;
  });
}

function pickByName(
  layers: readonly KerasLayer[],
  names: readonly string[],
  kind: VggKind,
  shown: string,
): readonly KerasLayer[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const present = [...byName.keys()].filter((name) => name !== undefined);
  const extra = present.filter((name) => /^block\d_conv\d$/.test(name) && !names.includes(name));
  if (extra.length > 0)
    throw new BadInput(
      `${shown} has the layers ${quoteSome(extra)}, which ${kind} has not: it looks like vgg19. Add it as vgg19.`,
    );
  return names.map((name) => {
    const layer = byName.get(name);
    if (layer !== undefined) return layer;
    throw new BadInput(
      `${shown} has no layer "${name}": expected ${kind}'s ${names.length} convolutions, ` +
        `found ${present.length === 0 ? 'no layers' : `the layers ${quoteSome(present, 20)}`}. ` +
        `Pass the weights of Keras' ${kind}.`,
    );
  });
}

/** Early Keras 3 files say `conv2d_7` and no more; the number is the order in which the model calls them. */
function pickByOrder(
  layers: readonly KerasLayer[],
  names: readonly string[],
  kind: VggKind,
  shown: string,
): readonly KerasLayer[] {
  const convolutions = layers.filter(({ place }) => /^conv2d(_\d+)?$/.test(place));
  if (convolutions.length === names.length) return convolutions;
  throw new BadInput(
    `${shown} has ${convolutions.length} convolutions: expected ${kind}'s ${names.length}, ` +
      `found ${
        layers.length === 0
          ? 'no layers'
          : `the layers ${quoteSome(
              layers.map(({ place }) => place),
              20,
            )}`
      }. Pass the weights of Keras' ${kind}.`,
  );
}

function checkConvolution(
  { weights }: KerasLayer,
  name: string,
  channels: number,
  shown: string,
): FoundConvolution {
  const received = weights.map(({ shape, type }) => `${shape.join('×') || 'a single number'} ${type}`);
  const [kernel, bias] = weights;
  const out = kernel?.shape[3] ?? 0;
  if (
    kernel !== undefined &&
    bias !== undefined &&
    weights.length === 2 &&
    [kernel, bias].every(({ type }) => type === 'float32') &&
    isShape(kernel, [3, 3, channels, out]) &&
    isShape(bias, [out]) &&
    out >= 1 &&
    out <= MOST_CHANNELS
  )
    return { name, kernel, bias };
  throw new BadInput(
    `${shown}, layer "${name}": expected a kernel 3×3×${channels}×out and a bias out of float32 numbers, ` +
      `with out from 1 to ${MOST_CHANNELS}; received ${received.join(' and ') || 'no numbers'}. ` +
      'Pass weights in TensorFlow ordering, as Keras stores them.',
  );
}

const isShape = ({ shape }: KerasWeight, expected: readonly number[]): boolean =>
  shape.length === expected.length && shape.every((length, axis) => length === expected[axis]);
