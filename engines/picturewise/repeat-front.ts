import { makeNode, makeTensor } from '../../backbones/onnx/build.js';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../../backbones/onnx/model.js';
import type { Cut } from './find-cut.js';

/** The largest end that Slice takes: that of the axis. */
const END = 2n ** 63n - 1n;

/** What is repeated. */
export interface Front extends Cut {
  /** The graph's input. */
  readonly input: string;
  /** Names of all values that are made of pictures. */
  readonly pictures: ReadonlySet<string>;
}

/**
 * The same graph with all that is made of pictures up to the cut once for each picture: slices of the input → as many
 * fronts, one after the other, over the same weights → Concat under the cut's name. Micro-batches of other sizes are
 * computed, too: without enough pictures the last fronts have nothing to do, the last one takes all that are left.
 */
export function repeatFront(graph: OnnxGraph, front: Front, count: number): OnnxGraph {
  const { value, at, input, pictures } = front;
  const before = graph.node.slice(0, at + 1);
  const repeated = before.filter((node) => node.output.some((name) => pictures.has(name)));
  const slices = Array.from({ length: count }, (_, picture) => slice(input, picture, picture === count - 1));
  const nodes = slices.flatMap(({ node }, picture) => [
    node,
    ...repeated.map((each) => copyFor(picture, each, pictures)),
  ]);
  const names = slices.map((_, picture) => nameFor(picture, value));
  const gone = new Set(repeated.flatMap(({ output }) => output).filter((name) => name !== value));
  return {
    ...graph,
    node: [
      ...before.filter((node) => !repeated.includes(node)),
      ...nodes,
      makeNode('Concat', names, value, { axis: 0 }),
      ...graph.node.slice(at + 1),
    ],
    initializer: [...graph.initializer, ...slices.flatMap(({ constants }) => constants), axisOf(input)],
    valueInfo: graph.valueInfo.filter(({ name }) => !gone.has(name)),
  };
}

const nameFor = (picture: number, name: string): string => `${name}/picture${picture}`;

const axisOf = (input: string): OnnxTensor => makeTensor(`${input}/pictures`, [1], BigInt64Array.of(0n));

interface SliceParts {
  readonly node: OnnxNode;
  readonly constants: readonly OnnxTensor[];
}

function slice(input: string, picture: number, isLast: boolean): SliceParts {
  const value = nameFor(picture, input);
  const start = makeTensor(`${value}/start`, [1], BigInt64Array.of(BigInt(picture)));
  const end = makeTensor(`${value}/end`, [1], BigInt64Array.of(isLast ? END : BigInt(picture + 1)));
  return {
    node: makeNode('Slice', [input, start.name, end.name, axisOf(input).name], value),
    constants: [start, end],
  };
}

/** Constants keep their names, values with pictures get the picture's. */
const copyFor = (picture: number, node: OnnxNode, pictures: ReadonlySet<string>): OnnxNode => {
  const rename = (name: string): string => (pictures.has(name) ? nameFor(picture, name) : name);
  return {
    ...node,
    name: nameFor(picture, node.name === '' ? (node.output[0] ?? '') : node.name),
    input: node.input.map(rename),
    output: node.output.map(rename),
  };
};
