import { makeNode, makeTensor } from '../onnx/build.js';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from '../onnx/model.js';
import { readFloats, shapeOf } from '../onnx/read-tensor.js';
import type { ActivationScale } from './activation-range.js';
import type { QuantizationPlan, QuantizedConvolution } from './quantization-plan.js';
import { quantizeBias, quantizeKernel } from './quantized-weights.js';

/** Nodes and constants to add. */
interface Addition {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
}

/** The name of a quantised value once it is float32 again. */
const restored = (value: string): string => `${value}/dequantized`;

/**
 * Writes a planned quantisation into a copy of the network: QDQ form, that is, float operators between pairs of
 * QuantizeLinear and DequantizeLinear, which onnxruntime replaces by integer operators where it has them and any other
 * runtime can compute as they stand.
 *
 * Bytes stay bytes from the first convolution to the last only if nobody reads the float values in between, so all
 * readers of a quantised value get the restored one.
 *
 * @param scales of every point of the plan.
 * @param limit largest magnitude of a quantised weight.
 */
export function writeQdq(
  model: OnnxModel & { readonly graph: OnnxGraph },
  plan: QuantizationPlan,
  scales: ReadonlyMap<string, ActivationScale>,
  limit: number,
): OnnxModel {
  const { graph } = model;
  const convolutions = new Map(plan.convolutions.map((convolution) => [convolution.node, convolution]));
  const additions: Addition[] = [];
  const quantizeOutputs = (values: readonly string[]) => {
    for (const value of values) {
      const scale = scales.get(value);
      if (scale !== undefined) additions.push(quantizeValue(value, scale));
    }
  };
  quantizeOutputs(graph.input.map(({ name }) => name));
  for (const node of graph.node) {
    const input = node.input.map((value) => (scales.has(value) ? restored(value) : value));
    const convolution = convolutions.get(node);
    const scale = scales.get(node.input[0] ?? '')?.scale;
    if (convolution === undefined || scale === undefined)
      additions.push({ nodes: [{ ...node, input }], constants: [] });
    else additions.push(quantizeConvolution({ ...convolution, node: { ...node, input } }, scale, limit));
    quantizeOutputs(node.output);
  }
  return { ...model, graph: withAdditions(graph, additions) };
}

/** The pair around an activation: uint8, one scale. */
function quantizeValue(value: string, { scale, zeroPoint }: ActivationScale): Addition {
  const parameters = [`${value}/scale`, `${value}/zero_point`] as const;
  return {
    nodes: [
      makeNode('QuantizeLinear', [value, ...parameters], `${value}/quantized`),
      makeNode('DequantizeLinear', [`${value}/quantized`, ...parameters], restored(value)),
    ],
    constants: [
      makeTensor(parameters[0], [], Float32Array.of(scale)),
      makeTensor(parameters[1], [], Uint8Array.of(zeroPoint)),
    ],
  };
}

function quantizeConvolution(
  { node, kernel, bias }: QuantizedConvolution,
  inputScale: number,
  limit: number,
): Addition {
  const shape = shapeOf(kernel);
  const channels = shape[0] ?? 0;
  const biases = bias === undefined ? undefined : readFloats(bias);
  const weights = quantizeKernel(readFloats(kernel), channels, biases, { inputScale, limit });
  const [input = '', , biasName] = node.input;
  const name = node.output[0] ?? '';
  const additions = [restoreConstant(`${name}/kernel`, shape, weights, new Int8Array(channels))];
  const inputs = [input, `${name}/kernel`];
  if (biases !== undefined && biasName !== undefined) {
    const quantized = quantizeBias(biases, weights.scales, inputScale);
    additions.push(restoreConstant(`${name}/bias`, [channels], quantized, new Int32Array(channels)));
    inputs.push(`${name}/bias`);
  }
  return {
    nodes: [...additions.flatMap(({ nodes }) => nodes), { ...node, input: inputs }],
    constants: additions.flatMap(({ constants }) => constants),
  };
}

/** A constant as whole numbers, and the node that makes `name` of them: one scale for each index of axis 0. */
function restoreConstant(
  name: string,
  shape: readonly number[],
  { values, scales }: { readonly values: Int8Array | Int32Array; readonly scales: Float32Array },
  zeroPoints: Int8Array | Int32Array,
): Addition {
  const parts = [`${name}/quantized`, `${name}/scale`, `${name}/zero_point`] as const;
  return {
    nodes: [makeNode('DequantizeLinear', parts, name, { axis: 0 })],
    constants: [
      makeTensor(parts[0], shape, values),
      makeTensor(parts[1], [scales.length], scales),
      makeTensor(parts[2], [scales.length], zeroPoints),
    ],
  };
}

/** Constants that nobody reads any more are left out: they are most of the file. */
function withAdditions(graph: OnnxGraph, additions: readonly Addition[]): OnnxGraph {
  const node = additions.flatMap(({ nodes }) => nodes);
  const read = new Set([...node.flatMap(({ input }) => input), ...graph.output.map(({ name }) => name)]);
  const dropped = new Set(
    graph.initializer.filter(({ name }) => !read.has(name)).map((tensor) => tensor.name),
  );
  return {
    ...graph,
    node,
    initializer: [
      ...graph.initializer.filter(({ name }) => !dropped.has(name)),
      ...additions.flatMap(({ constants }) => constants),
    ],
    input: graph.input.filter(({ name }) => !dropped.has(name)),
  };
}
