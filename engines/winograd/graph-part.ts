import { type AttributeValue, makeNode, makeTensor } from '../../backbones/onnx/build.js';
import type { OnnxNode, OnnxTensor } from '../../backbones/onnx/model.js';

/** Makes a constant of transformed weights; may put their numbers elsewhere than into memory. */
export type PlaceWeights = (name: string, dims: readonly number[], data: Float32Array) => OnnxTensor;

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
  weights(dims: readonly number[], data: Float32Array): string;
}

/** @param prefix what the names of its values and constants begin with. */
export function openPart(prefix: string, place: PlaceWeights): OpenPart {
  const [nodes, constants]: [OnnxNode[], OnnxTensor[]] = [[], []];
  const keep = (make: (name: string) => OnnxTensor): string => {
    const tensor = make(`${prefix}/constant${constants.length}`);
    constants.push(tensor);
    return tensor.name;
  };
  const constant: OpenPart['constant'] = (dims, data) => keep((name) => makeTensor(name, dims, data));
  const weights: OpenPart['weights'] = (dims, data) => keep((name) => place(name, dims, data));
  const add: OpenPart['add'] = (opType, inputs, attributes) => {
    const name = `${prefix}/value${nodes.length}`;
    nodes.push(makeNode(opType, inputs, name, attributes));
    return name;
  };
  const reshape: OpenPart['reshape'] = (value, shape) =>
    add('Reshape', [value, constant([shape.length], BigInt64Array.from(shape, BigInt))]);
  return { nodes, constants, constant, weights, add, reshape };
}
