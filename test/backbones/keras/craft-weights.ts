import { join } from 'node:path';
import type { Group } from 'h5wasm/node';
import * as h5wasm from 'h5wasm/node';
import { namesOfConvolutions, type VggKind } from '../../../backbones/keras/vgg-layers.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** One layer to write: its arrays with their shapes, kernel first. */
export interface CraftedLayer {
  name: string;
  arrays: { shape: number[]; data: Float32Array | Float64Array }[];
}

const filled = (shape: number[], value: number) => ({
  shape,
  data: new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(value),
});

/** A network's convolutions with two channels everywhere. */
export function smallVgg(kind: VggKind): CraftedLayer[] {
  const names = namesOfConvolutions(kind).flat();
  return names.map((name, index) => ({
    name,
    arrays: [filled([3, 3, index === 0 ? 3 : 2, 2], 0.1), filled([2], index)],
  }));
}

export const denseLayer = (name: string, rows: number, columns: number): CraftedLayer => ({
  name,
  arrays: [filled([rows, columns], 1), filled([columns], 1)],
});

function writeArray(group: Group, name: string, { shape, data }: CraftedLayer['arrays'][number]): void {
  group.create_dataset({ name, data, shape });
}

/** Writes layers as Keras 2 does and returns the file's path. */
export async function craftLegacy(layers: readonly CraftedLayer[]): Promise<string> {
  return craft((root) => {
    root.create_attribute('layer_names', ['input_1', ...layers.map(({ name }) => name)]);
    root.create_group('input_1').create_attribute('weight_names', new Float64Array(0), [0]);
    for (const { name, arrays } of layers) {
      const group = root.create_group(name);
      const names = arrays.map((_, index) => `${name}/${index === 0 ? 'kernel' : 'bias'}:0`);
      group.create_attribute('weight_names', names);
      const inner = group.create_group(name);
      arrays.forEach((array, index) => writeArray(inner, `${index === 0 ? 'kernel' : 'bias'}:0`, array));
    }
  });
}

/** Writes layers as the first Keras 3 did, without names: `layers/conv2d_10/vars/0`. */
export async function craftUnnamed(layers: readonly CraftedLayer[]): Promise<string> {
  return craft((root) => {
    const all = root.create_group('layers');
    layers.forEach(({ arrays }, index) => {
      const vars = all.create_group(index === 0 ? 'conv2d' : `conv2d_${index}`).create_group('vars');
      arrays.forEach((array, place) => writeArray(vars, String(place), array));
    });
  });
}

/** Any HDF5 file. */
export async function craft(fill: (root: Group) => void): Promise<string> {
  await h5wasm.ready;
  const path = join(await temporaryFolder(), 'crafted.h5');
  const file = new h5wasm.File(path, 'w');
  fill(file);
  file.close();
  return path;
}
