import { BadInput } from '../../errors/graft-error.js';
import type { OnnxGraph, OnnxNode } from '../onnx/model.js';

/** Names that a refusal lists. */
const MOST_LISTED = 12;

/**
 * Finds the value that becomes the features: `asked` as the name of a value or else of a node (its first output), by
 * default the graph's one output.
 *
 * @throws BadInput where there is none, or several to choose from.
 */
export function chooseOutput(graph: OnnxGraph, asked: string | undefined, shown: string): string {
  const declared = graph.output.map(({ name }) => name);
  if (asked === undefined) {
    const [only] = declared;
    if (only !== undefined && declared.length === 1) return only;
    throw new BadInput(
      only === undefined
        ? `${shown} declares no output: say which value is the features with --output.`
        : `${shown} has ${declared.length} outputs: choose one with --output: ${list(declared)}.`,
    );
  }
  // Outputs that a node leaves out are called "", and so are nodes without a name.
  const values = graph.node.flatMap(({ output }) => output).filter((name) => name !== '');
  if (values.includes(asked)) return asked;
  const [first] = asked === '' ? [] : (graph.node.find(({ name }) => name === asked)?.output ?? []);
  if (first !== undefined) return first;
  throw new BadInput(
    `${shown} has no value or node "${asked}" for --output; its last values are ${list(values.reverse())}.`,
  );
}

const list = (names: readonly string[]): string =>
  names.slice(0, MOST_LISTED).join(', ') + (names.length > MOST_LISTED ? ' …' : '');

/**
 * The part of a graph that `value` depends on: other nodes, constants, inputs and outputs are left out, and so are the
 * declared shapes in between, which may fix the batch.
 */
export function keepOnlyFor(graph: OnnxGraph, value: string): OnnxGraph {
  const needed = new Set([value]);
  const node = graph.node.toReversed().filter((candidate) => {
    const isNeeded = candidate.output.some((name) => needed.has(name));
    if (isNeeded) for (const name of valuesReadBy(candidate)) needed.add(name);
    return isNeeded;
  });
  const isNeeded = ({ name }: { readonly name: string }) => needed.has(name);
  const initializer = graph.initializer.filter(isNeeded);
  const constants = new Set(initializer.map(({ name }) => name));
  return {
    ...graph,
    name: graph.name,
    node: node.reverse(),
    initializer,
    input: graph.input.filter((input) => isNeeded(input) && !constants.has(input.name)),
    output: [{ name: value }],
    valueInfo: [],
  };
}

/** Its inputs and whatever its subgraphs (If, Loop) read, some of which comes from outside them. */
function valuesReadBy(node: OnnxNode): readonly string[] {
  const subgraphs = node.attribute.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs));
  return [
    ...node.input,
    ...subgraphs.flatMap((graph) => [
      ...graph.node.flatMap(valuesReadBy),
      ...graph.output.map(({ name }) => name),
    ]),
  ];
}
