import type * as h5wasm from 'h5wasm/node';
import type { Dataset, Entity, Group } from 'h5wasm/node';

/** The library, which is loaded when a file is opened. */
export type H5wasm = typeof h5wasm;

/** One layer of a file of weights. */
export interface KerasLayer {
  /** `block1_conv1`; undefined where the file knows only the layer's class and number. */
  readonly name: string | undefined;
  /** How the file calls its place: `conv2d_3`. */
  readonly place: string;
  /** In Keras' order: kernel, bias. */
  readonly weights: readonly KerasWeight[];
}

/** One array; its numbers are read when asked for. */
export interface KerasWeight {
  readonly shape: readonly number[];
  /** `float32`, or what else it is, for messages. */
  readonly type: string;
  /** Row-major; for float32 only. */
  readonly read: () => Float32Array;
}

/** A file's layers in its own order; undefined where it has none of the known layouts. */
export function findLayers(library: H5wasm, file: Group): readonly KerasLayer[] | undefined {
  const isGroup = (entity: Entity | null): entity is Group => entity instanceof library.Group;
  const wholeModel = childOf(file, 'model_weights');
  const named = isGroup(wholeModel) ? wholeModel : file;
  if ('layer_names' in named.attrs) return readNamed(library, named);
  const layers = childOf(file, 'layers');
  return isGroup(layers) ? readNumbered(library, layers) : undefined;
}

/** Keras 1 and 2, and whole models: attributes list the layers and, in each, its arrays. */
function readNamed(library: H5wasm, root: Group): readonly KerasLayer[] {
  return namesIn(root, 'layer_names').map((name) => {
    const group = childOf(root, name);
    if (!(group instanceof library.Group)) throw new Error(`no group for layer ${name}`);
    const arrays = namesIn(group, 'weight_names').map((path) => descend(library, group, path));
    return { name, place: name, weights: readWeights(library, arrays) };
  });
}

/**
 * Keras 3: `layers/conv2d_3/vars/0`, numbered in the model's order by class; newer files give `vars` the layer's own
 * name as an attribute.
 */
function readNumbered(library: H5wasm, root: Group): readonly KerasLayer[] {
  return root
    .keys()
    .sort(compareNumbered)
    .flatMap((place) => {
      const vars = descend(library, root, `${place}/vars`);
      if (!(vars instanceof library.Group)) return [];
      const arrays = vars
        .keys()
        .sort(compareNumbered)
        .map((key) => childOf(vars, key));
      const name = vars.attrs['name']?.value;
      const known = typeof name === 'string' ? name : undefined;
      return [{ name: known, place, weights: readWeights(library, arrays) }];
    });
}

/** `conv2d` before `conv2d_2` before `conv2d_10`. */
const compareNumbered = (one: string, other: string): number =>
  one.localeCompare(other, 'en', { numeric: true });

/** Asking h5wasm for a name that is not there throws. */
function childOf(group: Group, name: string): Entity | null {
  return group.keys().includes(name) ? group.get(name) : null;
}

/** Step by step, so that no link leads into another file. */
function descend(library: H5wasm, group: Group, path: string): Entity | null {
  let found: Entity | null = group;
  for (const part of path.split('/').filter((name) => name !== ''))
    found = found instanceof library.Group ? childOf(found, part) : null;
  return found;
}

/** A list of names in an attribute; an empty one is stored as numbers. */
function namesIn(group: Group, attribute: string): readonly string[] {
  const value = group.attrs[attribute]?.value;
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function readWeights(library: H5wasm, arrays: readonly (Entity | null)[]): readonly KerasWeight[] {
  return arrays.map((array) => {
    if (!(array instanceof library.Dataset)) throw new Error('an array that a layer lists is missing');
    return {
      shape: array.shape ?? [],
      type: describeType(array),
      read: () => readFloats(array),
    };
  });
}

/** H5T_FLOAT is 1. */
function describeType({ metadata: { type, size, littleEndian } }: Dataset): string {
  if (type !== 1) return 'no float numbers';
  return littleEndian ? `float${size * 8}` : `big-endian float${size * 8}`;
}

function readFloats(array: Dataset): Float32Array {
  const { value } = array;
  if (!(value instanceof Float32Array)) throw new Error('no float32 numbers');
  return value;
}
