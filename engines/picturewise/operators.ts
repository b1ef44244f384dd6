import type { OnnxNode, OnnxTensor } from '../../backbones/onnx/model.js';
import { shapeOf } from '../../backbones/onnx/read-tensor.js';
import { readNumbers } from '../graph/attributes.js';
import { gather, type Shape, slide, transpose } from '../graph/shapes.js';
import { readWholeNumbers } from './read-constants.js';

/** What is known of a graph's values, by name. */
export interface Values {
  /** Shapes of those whose first axis counts pictures. */
  readonly pictures: ReadonlyMap<string, Shape>;
  readonly constants: ReadonlyMap<string, OnnxTensor>;
}

/** Operators that make each number of one number. */
export const OF_ONE_NUMBER: ReadonlySet<string> = new Set([
  ...['Cast', 'Clip', 'Elu', 'Erf', 'HardSigmoid', 'HardSwish', 'Identity', 'LeakyRelu', 'Neg'],
  ...['Relu', 'Selu', 'Sigmoid', 'Softplus', 'Sqrt', 'Tanh'],
]);

const OF_TWO_NUMBERS: ReadonlySet<string> = new Set(['Add', 'Div', 'Mul', 'PRelu', 'Sub']);

/**
 * Shape per picture of what a standard operator makes; undefined where it may mix pictures, holds their number, or is
 * none of those known here.
 */
export function shapeAfter(node: OnnxNode, values: Values): Shape | undefined {
  if (OF_TWO_NUMBERS.has(node.opType)) return broadcast(node, values);
  if (node.opType === 'Concat') return concatenate(node, values);
  const [first = '', ...others] = node.input;
  const shape = values.pictures.get(first);
  const read = others.filter((name) => name !== '');
  const constants = read.flatMap((name) => values.constants.get(name) ?? []);
  if (shape === undefined || constants.length < read.length) return undefined;
  return OF_ONE_NUMBER.has(node.opType) ? shape : shapeOfOne(node, shape, constants);
}

/** Operators of one value with pictures and of constants. */
function shapeOfOne(node: OnnxNode, shape: Shape, [constant]: readonly OnnxTensor[]): Shape | undefined {
  const [, channels = 0] = shape;
  const second = constant && shapeOf(constant);
  switch (node.opType) {
    case 'BatchNormalization':
      return readNumbers(node, 'training_mode')?.[0] === 1 ? undefined : shape;
    case 'Conv':
      return slide(node, shape, second?.[0] ?? 0, second?.slice(2) ?? []);
    case 'MaxPool':
    case 'AveragePool':
      return slide(node, shape, channels, readNumbers(node, 'kernel_shape') ?? []);
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
      return shape.map((length, axis) => (axis < 2 ? length : 1));
    case 'Gather':
      return gatherInside(node, shape, second);
    case 'Transpose':
      return readNumbers(node, 'perm')?.[0] === 0 ? transpose(node, shape) : undefined;
    case 'Pad':
      return pad(node, shape, constant);
    default:
      return undefined;
  }
}

/** Two values with pictures and as many axes, or one and a constant that has no axis of pictures, or a single one. */
function broadcast(node: OnnxNode, { pictures, constants }: Values): Shape | undefined {
  const shapes = node.input.map((name) => {
    const constant = constants.get(name);
    return pictures.get(name) ?? (constant && shapeOf(constant));
  });
  const [axes] = node.input.flatMap((name) => pictures.get(name)?.length ?? []);
  const [first, second] = shapes;
  if (axes === undefined || first === undefined || second === undefined) return undefined;
  const fits = (name: string, shape: Shape): boolean =>
    shape.length === axes || (!pictures.has(name) && shape.length < axes);
  if (!shapes.every((shape, at) => fits(node.input[at] ?? '', shape ?? []))) return undefined;
  return Array.from({ length: axes }, (_, axis) =>
    Math.max(first[axis - axes + first.length] ?? 1, second[axis - axes + second.length] ?? 1),
  );
}

/** Along another axis than that of pictures. */
function concatenate(node: OnnxNode, { pictures }: Values): Shape | undefined {
  const shapes = node.input.flatMap((name) => [pictures.get(name) ?? []]);
  const [first = []] = shapes;
  const axis = readNumbers(node, 'axis')?.[0] ?? 0;
  const along = axis < 0 ? axis + first.length : axis;
  if (along < 1 || shapes.some(({ length }) => length !== first.length)) return undefined;
  return first.map((length, at) =>
    at === along ? shapes.reduce((sum, shape) => sum + (shape[at] ?? 0), 0) : length,
  );
}

function gatherInside(node: OnnxNode, shape: Shape, indices: Shape | undefined): Shape | undefined {
  const axis = readNumbers(node, 'axis')?.[0] ?? 0;
  const along = axis < 0 ? axis + shape.length : axis;
  return along < 1 ? undefined : gather(shape, indices, along);
}

/** Nothing before or after the pictures. */
function pad(node: OnnxNode, shape: Shape, constant: OnnxTensor | undefined): Shape | undefined {
  const pads = constant && readWholeNumbers(constant);
  if (pads?.length !== 2 * shape.length || (node.input[3] ?? '') !== '') return undefined;
  const padded = shape.map((length, axis) => length + (pads[axis] ?? 0) + (pads[axis + shape.length] ?? 0));
  return pads[0] === 0 && pads[shape.length] === 0 ? padded : undefined;
}
