import { type OnnxNode, type OnnxValue, toNumber } from '../../backbones/onnx/model.js';
import { readNumbers } from './attributes.js';

/** Lengths of the axes; the first, which counts pictures, is 1. */
export type Shape = readonly number[];

/** Shape of one of the graph's inputs; undefined where a length is open that does not count pictures. */
export function shapeOfInput({ type }: OnnxValue): Shape | undefined {
  const axes = type?.tensorType?.shape?.dim.map(({ dimValue }) => toNumber(dimValue ?? 0));
  return axes?.slice(1).every((length) => length > 0) ? [1, ...axes.slice(1)] : undefined;
}

/** What Transpose makes; undefined where the node does not say the order of axes. */
export const transpose = (node: OnnxNode, shape: Shape): Shape | undefined =>
  readNumbers(node, 'perm')?.map((axis) => shape[axis] ?? 0);

/** What Gather makes along an axis that is counted from the first. */
export const gather = (shape: Shape, indices: Shape | undefined, axis: number): Shape | undefined =>
  indices === undefined || axis < 0
    ? undefined
    : [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)];

/** A window over height and width: lengths as ONNX computes them, rounded down. */
export function slide(node: OnnxNode, shape: Shape, channels: number, kernel: Shape): Shape | undefined {
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
