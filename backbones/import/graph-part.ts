import type { OnnxGraph, OnnxNode, OnnxTensor } from '../onnx/model.js';

/** Operators to put before or behind a network, with their constants. */
export interface GraphPart {
  readonly node: readonly OnnxNode[];
  readonly initializer: readonly OnnxTensor[];
  /** The value that the last operator gives, or the one that went in where there is no operator. */
  readonly result: string;
}

/** A name that nothing in the graph has yet: `wish`, or `wish_1` … */
export function freshName(graph: OnnxGraph, wish: string): string {
  const taken = namesIn(graph);
  for (let attempt = 0; ; attempt++) {
    const name = attempt === 0 ? wish : `${wish}_${attempt}`;
    if (!taken.has(name)) return name;
  }
}

function namesIn(graph: OnnxGraph): ReadonlySet<string> {
  return new Set([
    ...graph.node.flatMap(({ name, input, output }) => [name, ...input, ...output]),
    ...[graph.initializer, graph.input, graph.output].flatMap((named) => named.map(({ name }) => name)),
  ]);
}
