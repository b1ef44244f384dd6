import { type AttributeValue, makeNode, makeTensor } from '../../backbones/onnx/build.js';
import type { OnnxNode, OnnxTensor } from '../../backbones/onnx/model.js';

/** What stands for a convolution: operators in their order, and their constants. */
export interface GraphPart {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
}

/** A part that is being built. */
export interface OpenPart extends GraphPart {
  readonly nodes: OnnxNode[];
  /** Adds an operator with one output and returns that output's name. */
  add(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): string;
  reshape(value: string, shape: readonly number[]): string;
  constant(dims: readonly number[], data: Float32Array | BigInt64Array): string;
}

/** @param prefix what the names of its values and constants begin with. */
export function openPart(prefix: string): OpenPart {
  const [nodes, constants]: [OnnxNode[], OnnxTensor[]] = [[], []];
  const constant: OpenPart['constant'] = (dims, data) => {
    const name = `${prefix}/constant${constants.length}`;
    constants.push(makeTensor(name, dims, data));
    return name;
  };
  const add: OpenPart['add'] = (opType, inputs, attributes) => {
    const name = `${prefix}/value${nodes.length}`;
    nodes.push(makeNode(opType, inputs, name, attributes));
    return name;
  };
  const reshape: OpenPart['reshape'] = (value, shape) =>
    add('Reshape', [value, constant([shape.length], BigInt64Array.from(shape, BigInt))]);
  return { nodes, constants, constant, add, reshape };
}
