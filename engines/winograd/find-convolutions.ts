import type { OnnxGraph, OnnxNode, OnnxTensor } from '../../backbones/onnx/model.js';
import { DATA_TYPE } from '../../backbones/onnx/model.js';
import { readNumbers } from '../graph/attributes.js';
import { isPlain } from '../graph/shapes.js';
import type { TileSize } from './transforms.js';
import { readValueShapes } from './value-shapes.js';

/** A convolution of 3x3 kernels with stride 1 that keeps height and width. */
export interface Convolution {
  readonly node: OnnxNode;
  /** Name of what it reads, float32 [N, inputs, height, width]. */
  readonly source: string;
  /** float32 [outputs, inputs, 3, 3]. */
  readonly kernels: OnnxTensor;
  /** Name of the outputs' constants, if it has any. */
  readonly bias: string | undefined;
  readonly inputs: number;
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly tile: TileSize;
}

/** The convolutions of a graph that tiles cover exactly, where shapes are known from the graph's input on. */
export function findConvolutions(graph: OnnxGraph): readonly Convolution[] {
  const shapes = readValueShapes(graph);
  const open = new Set(graph.input.map(({ name }) => name));
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor] as const));
  return graph.node.flatMap((node) => {
    const [source = '', weights = '', bias] = node.input;
    const [shape, kernels] = [shapes.get(source), constants.get(weights)];
    if (shape === undefined || kernels?.dataType !== DATA_TYPE.float || open.has(weights)) return [];
    const [, inputs = 0, height = 0, width = 0] = shape;
    const [outputs = 0] = shapes.get(weights) ?? [];
    const tile = tileOf(height, width);
    if (tile === undefined || !keepsSize(node, shapes.get(weights) ?? [], inputs)) return [];
    return [
      { node, source, kernels, bias: bias === '' ? undefined : bias, inputs, outputs, height, width, tile },
    ];
  });
}

/** The larger tile that covers height and width exactly: 4 of 9 or 1 of 4 products, where tiles that jut out waste both. */
function tileOf(height: number, width: number): TileSize | undefined {
  const fits = (tile: TileSize) => height % tile === 0 && width % tile === 0;
  if (fits(4)) return 4;
  return fits(2) ? 2 : undefined;
}

const keepsSize = (node: OnnxNode, [, inputs, ...kernel]: readonly number[], channels: number): boolean =>
  node.opType === 'Conv' &&
  node.domain === '' &&
  isPlain(node) &&
  inputs === channels &&
  kernel.length === 2 &&
  kernel.every((length) => length === 3) &&
  (readNumbers(node, 'pads') ?? []).join() === '1,1,1,1' &&
  (readNumbers(node, 'strides') ?? []).every((step) => step === 1) &&
  (readNumbers(node, 'group')?.[0] ?? 1) === 1;
