import type { OnnxGraph, OnnxNode } from '../../backbones/onnx/model.js';
import { shapeOf } from '../../backbones/onnx/read-tensor.js';
import { readNumbers } from '../graph/attributes.js';
import { gather, type Shape, shapeOfInput, slide, transpose } from '../graph/shapes.js';

/**
 * Shapes of the values along a chain of the operators that VGG is made of. What follows another operator has none, so
 * that networks of another kind are left as they are.
 */
export function readValueShapes(graph: OnnxGraph): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>(
    graph.initializer.map((tensor) => [tensor.name, shapeOf(tensor)] as const),
  );
  for (const input of graph.input) {
    const shape = shapeOfInput(input);
    if (shape !== undefined) shapes.set(input.name, shape);
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
      return transpose(node, first);
    case 'Conv':
      return second === undefined ? undefined : slide(node, first, second[0] ?? 0, second.slice(2));
    case 'MaxPool':
      return slide(node, first, first[1] ?? 0, readNumbers(node, 'kernel_shape') ?? []);
    default:
      return undefined;
  }
}
