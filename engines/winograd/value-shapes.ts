import { type OnnxGraph, type OnnxNode, toNumber } from '../../backbones/onnx/model.js';
import { shapeOf } from '../../backbones/onnx/read-tensor.js';
import { readNumbers } from './attributes.js';

/** Lengths of the axes; the first, which counts pictures, is 1. */
export type Shape = readonly number[];

/**
 * Shapes of the values along a chain of the operators that VGG is made of. What follows another operator has none, so
 * that networks of another kind are left as they are.
 */
export function readValueShapes(graph: OnnxGraph): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>(
    graph.initializer.map((tensor) => [tensor.name, shapeOf(tensor)] as const),
  );
  for (const { name, type } of graph.input) {
    const axes = type?.tensorType?.shape?.dim.map(({ dimValue }) => toNumber(dimValue ?? 0));
    if (axes !== undefined && axes.slice(1).every((length) => length > 0))
      shapes.set(name, [1, ...axes.slice(1)]);
  }
  for (const node of graph.node) {
    const [inputs, output] = [node.input.map((name) => shapes.get(name)), node.output[0]];
    const shape = shapeAfter(node, inputs);
    if (shape !== undefined && output !== undefined) shapes.set(output, shape);
  }
  return shapes;
}

function shapeAfter(node: OnnxNode, [first, second]: readonly (Shape | undefined)[]): Shape | undefined {
  if (first === undefined) return undefined;
  switch (node.opType) {
    case 'Cast':
    case 'Relu':
      return first;
    case 'Sub':
      return second !== undefined && second.length <= 1 ? first : undefined;
    case 'Gather':
      return gather(first, second, readNumbers(node, 'axis')?.[0] ?? 0);
    case 'Transpose':
      return readNumbers(node, 'perm')?.map((axis) => first[axis] ?? 0);
    case 'Conv':
      return second === undefined ? undefined : slide(node, first, second[0] ?? 0, second.slice(2));
    case 'MaxPool':
      return slide(node, first, first[1] ?? 0, readNumbers(node, 'kernel_shape') ?? []);
    default:
      return undefined;
  }
}

const gather = (shape: Shape, indices: Shape | undefined, axis: number): Shape | undefined =>
  indices === undefined || axis < 0
    ? undefined
    : [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)];

/** A window over height and width: lengths as ONNX computes them, rounded down. */
function slide(node: OnnxNode, shape: Shape, channels: number, kernel: Shape): Shape | undefined {
  if (shape.length !== 4 || kernel.length !== 2 || !isPlain(node)) return undefined;
  const pads = readNumbers(node, 'pads') ?? [0, 0, 0, 0];
  const strides = readNumbers(node, 'strides') ?? [1, 1];
  const lengths = [0, 1].map((axis) => {
    const room = (shape[axis + 2] ?? 0) + (pads[axis] ?? 0) + (pads[axis + 2] ?? 0) - (kernel[axis] ?? 0);
    return Math.floor(room / (strides[axis] ?? 1)) + 1;
  });
  return [shape[0] ?? 1, channels, ...lengths];
}

/** Nothing but padding in numbers, no gaps in the window, and lengths rounded down. */
export const isPlain = (node: OnnxNode): boolean =>
  node.attribute.every(({ name }) => name !== 'auto_pad') &&
  (readNumbers(node, 'dilations') ?? []).every((gap) => gap === 1) &&
  (readNumbers(node, 'ceil_mode')?.[0] ?? 0) === 0;
