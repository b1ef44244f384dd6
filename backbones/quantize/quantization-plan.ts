import { BadInput } from '../../errors/graft-error.js';
import {
  DATA_TYPE,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  toNumber,
} from '../onnx/model.js';
import { shapeOf } from '../onnx/read-tensor.js';

/** A convolution whose weights are constants. */
export interface QuantizedConvolution {
  readonly node: OnnxNode;
  readonly kernel: OnnxTensor;
  readonly bias: OnnxTensor | undefined;
}

/** Which parts of a network are computed in 8 bits. */
export interface QuantizationPlan {
  readonly convolutions: readonly QuantizedConvolution[];
  /**
   * Every value that is quantised → the value whose range it has: itself, or the input of the poolings that it comes
   * from, because a maximum of bytes needs no scale of its own.
   */
  readonly points: ReadonlyMap<string, string>;
}

/** ONNX operator set that knows scales for each channel. */
const LEAST_OPSET = 13;

const QUANTIZED = /^(QuantizeLinear|DequantizeLinear|DynamicQuantizeLinear|QLinear\w+|QGemm|\w+Integer)$/;

/**
 * Chooses what to quantise: every convolution with constant weights and, so that the numbers stay bytes between
 * convolutions, poolings by maximum and additions of values that are bytes already. A Relu or Clip after a convolution or
 * addition becomes part of it.
 *
 * @param shown what a message calls the network.
 * @throws BadInput for a network without such convolutions, one that is quantised already, or one of an old operator set.
 */
export function planQuantization({ graph, opsetImport }: OnnxModel, shown: string): QuantizationPlan {
  const opset = opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  if (graph === undefined || graph === null || toNumber(opset) < LEAST_OPSET)
    throw new BadInput(
      `${shown}: expected ONNX operator set ${LEAST_OPSET} or later, received ${toNumber(opset)}. Export the network again.`,
    );
  const quantized = graph.node.find(({ opType }) => QUANTIZED.test(opType));
  if (quantized !== undefined)
    throw new BadInput(
      `${shown} is quantised already (it has a ${quantized.opType}): expected a float32 network. Quantise the one that it was made from.`,
    );
  const plan = chooseNodes(graph);
  if (plan.convolutions.length > 0) return plan;
  throw new BadInput(
    `${shown} has no convolution with constant weights, which is what 8 bits make faster: expected a convolutional network such as vgg16. Use it in float32.`,
  );
}

/** From this share of depthwise convolutions on, a network suffers: EfficientNet-Lite0 has 16 of 49. */
const MANY_DEPTHWISE = 0.2;

/**
 * The sentence about a network that 8 bits serve badly; `undefined` for others. Depthwise convolutions have few products
 * to speed up, and channels of very different range behind one scale.
 *
 * Measured with EfficientNet-Lite0: 2.3 times the speed at a mean cosine of 0.993 and a least one of 0.96 on Food-5K, where
 * it lost 0.1 points of accuracy; 0.988 and 0.88 on icons, where 640 pictures differed by 2 points either way.
 */
export function warnOfPlan({ convolutions }: QuantizationPlan, shown: string): string | undefined {
  const depthwise = convolutions.filter(({ kernel }) => {
    const [outputs = 0, inputs = 0] = shapeOf(kernel);
    return inputs === 1 && outputs > 1;
  }).length;
  if (depthwise < MANY_DEPTHWISE * convolutions.length) return undefined;
  return (
    `${shown} has ${depthwise} depthwise convolutions of ${convolutions.length}: int8 gains less there and changes some ` +
    'pictures a lot (EfficientNet-Lite0: cosines down to 0.88, where VGG16 keeps 0.999). Where pictures take longer to ' +
    'decode than to compute, float32 is as fast.'
  );
}

/** Nodes come in an order in which they can be computed, so that one pass knows of each input whether it is bytes. */
function chooseNodes(graph: OnnxGraph): QuantizationPlan {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const outputs = new Set(graph.output.map(({ name }) => name));
  const readers = countReaders(graph);
  const convolutions: QuantizedConvolution[] = [];
  const points = new Map<string, string>();
  const mark = (value: string, source = value) => {
    if (!outputs.has(value)) points.set(value, source);
  };
  for (const node of graph.node) {
    const convolution = readConvolution(node, constants);
    const [first = '', second = ''] = node.input;
    if (convolution !== undefined) {
      convolutions.push(convolution);
      if (!points.has(first)) points.set(first, first);
      mark(followActivation(node, graph, readers));
    } else if (node.opType === 'MaxPool' && points.has(first) && node.output.length === 1)
      mark(node.output[0] ?? '', points.get(first));
    else if (node.opType === 'Add' && points.has(first) && points.has(second))
      mark(followActivation(node, graph, readers));
  }
  return { convolutions, points };
}

function readConvolution(
  node: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
): QuantizedConvolution | undefined {
  if (node.opType !== 'Conv' || node.domain !== '') return undefined;
  const [, kernelName = '', biasName = ''] = node.input;
  const kernel = constants.get(kernelName);
  const bias = constants.get(biasName);
  if (kernel?.dataType !== DATA_TYPE.float || (biasName !== '' && bias === undefined)) return undefined;
  return { node, kernel, bias };
}

/** How many nodes read each value; the network's outputs count as read once more. */
function countReaders({ node: nodes, output }: OnnxGraph): ReadonlyMap<string, number> {
  const readers = new Map<string, number>();
  for (const name of [...nodes.flatMap(({ input }) => input), ...output.map((value) => value.name)])
    readers.set(name, (readers.get(name) ?? 0) + 1);
  return readers;
}

/** The name of what a node gives once a Relu or Clip that alone reads it is part of it. */
function followActivation(
  { output: [result = ''] }: OnnxNode,
  { node: nodes }: OnnxGraph,
  readers: ReadonlyMap<string, number>,
): string {
  if (readers.get(result) !== 1) return result;
  const next = nodes.find(({ input }) => input[0] === result);
  const isActivation = next?.opType === 'Relu' || next?.opType === 'Clip';
  return (isActivation ? next.output[0] : undefined) ?? result;
}
