import { type OnnxGraph, type OnnxValue, toNumber } from '../../backbones/onnx/model.js';
import { type Shape, shapeOfInput } from '../graph/shapes.js';
import { shapeAfter, type Values } from './operators.js';
import { readConstants } from './read-constants.js';

/**
 * Shapes per picture of the values whose first axis counts pictures, along operators that treat every picture apart,
 * whatever their number. What follows another operator has none.
 *
 * @param input name of the graph's input; its number of pictures must be open.
 */
export function readPictureShapes(graph: OnnxGraph, input: string): ReadonlyMap<string, Shape> {
  const pictures = new Map<string, Shape>();
  const surface = graph.input.find(({ name }) => name === input);
  const shape = surface && hasOpenBatch(surface) ? shapeOfInput(surface) : undefined;
  if (shape === undefined) return pictures;
  pictures.set(input, shape);
  const values: Values = { pictures, constants: readConstants(graph) };
  for (const node of graph.node) {
    const [output = ''] = node.output;
    const after = node.domain === '' && node.output.length === 1 ? shapeAfter(node, values) : undefined;
    if (after !== undefined && after[0] === 1) pictures.set(output, after);
  }
  return pictures;
}

const hasOpenBatch = ({ type }: OnnxValue): boolean =>
  toNumber(type?.tensorType?.shape?.dim[0]?.dimValue ?? 0) === 0;
