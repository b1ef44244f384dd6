import type { OnnxGraph, OnnxNode } from '../../backbones/onnx/model.js';
import { shapeOf } from '../../backbones/onnx/read-tensor.js';
import type { Shape } from '../graph/shapes.js';
import { OF_ONE_NUMBER } from './operators.js';

/**
 * Numbers per picture from which a value is large: 1 MiB of float32, what a core's own cache holds. EfficientNet-Lite0
 * in micro-batches of 4, on two cores at once, milliseconds a picture: 10.2 as it is; cut behind the values of 4.8 MB
 * 9.7, behind those of 1.8 MB 9.3, behind those of 0.75 MB 9.4, of 0.4 MB 9.5.
 */
const LARGE = 2 ** 18;

/** Where a graph is cut: all that goes from its input to its outputs goes through one value. */
export interface Cut {
  readonly value: string;
  /** Index of the node that makes it; what it is made from comes before, what is made from it behind. */
  readonly at: number;
}

/**
 * The first cut behind the last large value, or a smaller one that follows; undefined where no value is large, where
 * all that is known goes around every such value, and where no weights are left behind it.
 *
 * @param pictures shapes per picture, from the input on; the first value that is made of them and has none ends the search.
 */
export function findCut(graph: OnnxGraph, pictures: ReadonlyMap<string, Shape>): Cut | undefined {
  const steps = listSteps(graph, pictures);
  const last = steps.findLastIndex(({ numbers }) => numbers > LARGE);
  const [first, ...others] = steps.slice(last + 1).filter(({ isCut }) => isCut);
  if (last < 0 || first === undefined) return undefined;
  const cut = narrow(first, others);
  return hasWeights(graph, graph.node.slice(cut.at + 1)) ? cut : undefined;
}

/** A node and its value. */
interface Step extends Cut {
  readonly node: OnnxNode;
  readonly numbers: number;
  readonly isCut: boolean;
}

function listSteps(graph: OnnxGraph, pictures: ReadonlyMap<string, Shape>): readonly Step[] {
  const lastReads = findLastReads(graph);
  const wanted = new Set(graph.input.map(({ name }) => name).filter((name) => pictures.has(name)));
  const steps: Step[] = [];
  for (const [at, node] of graph.node.entries()) {
    if (!node.input.some((name) => pictures.has(name))) continue;
    const [value = ''] = node.output;
    const shape = pictures.get(value);
    if (shape === undefined) break;
    wanted.add(value);
    for (const name of wanted) if ((lastReads.get(name) ?? -1) <= at) wanted.delete(name);
    const numbers = shape.reduce((product, length) => product * length, 1);
    steps.push({ node, value, at, numbers, isCut: wanted.size === 1 && wanted.has(value) });
  }
  return steps;
}

/** By name of a value, the index of the last node that reads it; infinite for outputs of the graph. */
const findLastReads = ({ node, output }: OnnxGraph): ReadonlyMap<string, number> =>
  new Map([
    ...node.flatMap(({ input }, at) => input.map((name) => [name, at] as const)),
    ...output.map(({ name }) => [name, Number.POSITIVE_INFINITY] as const),
  ]);

/** Goes on while values get smaller; and behind an activation, which engines compute together with what it follows. */
function narrow(cut: Step, [next, ...others]: readonly Step[]): Step {
  if (next === undefined) return cut;
  const isActivation = OF_ONE_NUMBER.has(next.node.opType) && next.node.input[0] === cut.value;
  return isActivation || next.numbers < cut.numbers ? narrow(next, others) : cut;
}

const hasWeights = ({ initializer }: OnnxGraph, nodes: readonly OnnxNode[]): boolean => {
  const weights = new Set(initializer.flatMap((tensor) => (shapeOf(tensor).length > 1 ? tensor.name : [])));
  return nodes.some(({ input }) => input.some((name) => weights.has(name)));
};
