import type { OnnxGraph, OnnxNode } from '../onnx/model.js';

/** How many classes published image classifiers have: ImageNet-1k, with background, Places365, ImageNet-21k and -12k. */
const CLASS_COUNTS: ReadonlySet<number> = new Set([365, 1000, 1001, 10_450, 11_221, 11_821, 21_841, 21_843]);

/** Operators that only rearrange what they are given. */
const REARRANGING: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Flatten', 'Reshape', 'Squeeze']);

/**
 * Says so where an output looks like the scores of a classifier instead of features, and which value lies before its last
 * layer.
 *
 * @param dimensions length of the output.
 */
export function hintAtClassScores(graph: OnnxGraph, output: string, dimensions: number): string | undefined {
  const { layer, sawSoftmax } = findLastLayer(graph, output);
  const [before] = layer?.input ?? [];
  if (before === undefined || !(sawSoftmax || CLASS_COUNTS.has(dimensions))) return undefined;
  return (
    `The output "${output}" looks like the scores of ${dimensions} classes. Features from before the last layer ` +
    `usually serve better: --output ${before}`
  );
}

/** The matrix multiplication or convolution that gives the scores, back over whatever follows it. */
function findLastLayer(graph: OnnxGraph, output: string) {
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const constants = new Set(graph.initializer.map(({ name }) => name));
  let node = producers.get(output);
  let sawSoftmax = false;
  while (node !== undefined) {
    if (isLayer(node)) return { layer: node, sawSoftmax };
    sawSoftmax ||= /^(Log)?Softmax$/.test(node.opType);
    if (!REARRANGING.has(node.opType) && !/^((Log)?Softmax|Add)$/.test(node.opType)) break;
    node = producers.get(node.input.find((name) => !constants.has(name)) ?? '');
  }
  return { layer: undefined, sawSoftmax };
}

const isLayer = ({ opType }: OnnxNode): boolean => ['Gemm', 'MatMul', 'Conv'].includes(opType);
