import { type OnnxGraph, type OnnxNode, type OnnxTensor, toNumber } from '../../backbones/onnx/model.js';

/** One step of a VGG network; all convolutions are 3×3, padded and rectified, all poolings 2×2. */
export type VggStep =
  | { readonly kind: 'convolution'; readonly kernel: OnnxTensor; readonly bias: OnnxTensor }
  | { readonly kind: 'pooling' };

/** A VGG network as its ONNX file describes it. */
export interface VggPlan {
  /** What is subtracted from blue, green and red. */
  readonly means: OnnxTensor;
  readonly steps: readonly VggStep[];
}

/**
 * The operators of Graft's own VGG files in order, each with all its attributes. Whatever else there is makes another
 * network of it, which a layers model would compute wrongly.
 */
const VGG = new RegExp(
  [
    '^Cast to=1\nGather axis=3\nSub\nTranspose perm=0,3,1,2\n',
    '((Conv kernel_shape=3,3 pads=1,1,1,1\nRelu\n)+MaxPool kernel_shape=2,2 strides=2,2\n){5}',
    'Transpose perm=0,2,3,1\nFlatten axis=1$',
  ].join(''),
);

/** Reads a graph as VGG16 or VGG19 of any width; `undefined` where it is another network. */
export function readVgg(graph: OnnxGraph): VggPlan | undefined {
  if (!VGG.test(graph.node.map(describeNode).join('\n')) || !isChain(graph)) return undefined;
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const [, swap, subtract] = graph.node;
  const means = constants.get(subtract?.input[1] ?? '');
  if (means === undefined || !isReversal(constants.get(swap?.input[1] ?? ''))) return undefined;
  const steps = graph.node.flatMap((node) => readStep(node, constants));
  return steps.some((step) => step === undefined)
    ? undefined
    : { means, steps: steps.filter((step) => step !== undefined) };
}

/** None for operators that are part of another step; `undefined` for a convolution without constant weights. */
function readStep(
  { opType, input }: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
): readonly (VggStep | undefined)[] {
  if (opType === 'MaxPool') return [{ kind: 'pooling' }];
  if (opType !== 'Conv') return [];
  const [kernel, bias] = [constants.get(input[1] ?? ''), constants.get(input[2] ?? '')];
  return [kernel === undefined || bias === undefined ? undefined : { kind: 'convolution', kernel, bias }];
}

/** `Conv kernel_shape=3,3 pads=1,1,1,1`: attributes by name, whole numbers only. */
function describeNode({ opType, attribute }: OnnxNode): string {
  const settings = attribute.map(({ name, i, ints }) => {
    const values = i === undefined || ints.length > 0 ? ints : [i];
    return `${name}=${values.map(toNumber).join(',')}`;
  });
  return [opType, ...settings.sort()].join(' ');
}

/** Whether each operator works on what the one before it gave, from the graph's one input to its one output. */
function isChain({ node, input, output }: OnnxGraph): boolean {
  const last = node.reduce<string | undefined>(
    (value, next) => (value !== undefined && next.input[0] === value ? next.output[0] : undefined),
    input[0]?.name,
  );
  return last !== undefined && last === output[0]?.name && output.length === 1;
}

/** Indices 2, 1, 0 as int64: red and blue change places. */
const isReversal = (tensor: OnnxTensor | undefined): boolean =>
  tensor !== undefined &&
  Buffer.from(tensor.rawData).equals(Buffer.from(BigInt64Array.of(2n, 1n, 0n).buffer));
