import { ATTRIBUTE_TYPE, DATA_TYPE, type OnnxAttribute, type OnnxGraph, type OnnxModel } from './model.js';
import type { OnnxNode, OnnxTensor, OnnxValue } from './model.js';

/** ONNX operator set and file version that Graft writes: known to every onnxruntime since 1.11. */
const OPSET = 16;
const IR_VERSION = 8;

/** A whole model of standard operators around a graph. */
export function makeModel(graph: OnnxGraph): OnnxModel {
  return {
    irVersion: IR_VERSION,
    producerName: 'graft',
    opsetImport: [{ domain: '', version: OPSET }],
    graph,
  };
}

/** A graph; `valueInfo` is left empty, for runtimes infer it. */
export function makeGraph(
  name: string,
  parts: Pick<OnnxGraph, 'node' | 'initializer' | 'input' | 'output'>,
): OnnxGraph {
  return { name, ...parts, valueInfo: [] };
}

/** What an attribute may be made of; whole numbers are ints, `{ float }` says otherwise. */
export type AttributeValue = number | readonly number[] | string | { readonly float: number };

/**
 * One operator.
 *
 * @example makeNode('Conv', ['x', 'kernel', 'bias'], 'y', { pads: [1, 1, 1, 1] })
 */
export function makeNode(
  opType: string,
  input: readonly string[],
  output: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): OnnxNode {
  return {
    name: `${output}/${opType}`,
    opType,
    domain: '',
    input: [...input],
    output: [output],
    attribute: Object.entries(attributes).map(([name, value]) => makeAttribute(name, value)),
  };
}

function makeAttribute(name: string, value: AttributeValue): OnnxAttribute {
  const empty = { name, floats: [], ints: [], strings: [], graphs: [] };
  if (typeof value === 'number') return { ...empty, type: ATTRIBUTE_TYPE.int, i: value };
  if (typeof value === 'string') return { ...empty, type: ATTRIBUTE_TYPE.string, s: Buffer.from(value) };
  if ('float' in value) return { ...empty, type: ATTRIBUTE_TYPE.float, f: value.float };
  return { ...empty, type: ATTRIBUTE_TYPE.ints, ints: [...value] };
}

/** A value of the graph's surface: a name for an open axis, a number for a fixed one. */
export function makeValue(name: string, elemType: number, shape: readonly (number | string)[]): OnnxValue {
  const dim = shape.map((length) =>
    typeof length === 'number' ? { dimValue: length } : { dimParam: length },
  );
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

type TensorData = Float32Array | Int8Array | Uint8Array | Int32Array | BigInt64Array;

/** A constant. The bytes are viewed, not copied; every machine that Node runs on is little-endian, as ONNX is. */
export function makeTensor(name: string, dims: readonly number[], data: TensorData): OnnxTensor {
  const expected = dims.reduce((product, length) => product * length, 1);
  if (data.length !== expected)
    throw new RangeError(
      `Tensor ${name} of [${dims.join(', ')}] needs ${expected} numbers, not ${data.length}.`,
    );
  return {
    name,
    dims: [...dims],
    dataType: dataTypeOf(data),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    floatData: [],
    int32Data: [],
    int64Data: [],
    dataLocation: 0,
  };
}

function dataTypeOf(data: TensorData): number {
  if (data instanceof Float32Array) return DATA_TYPE.float;
  if (data instanceof Int8Array) return DATA_TYPE.int8;
  if (data instanceof Uint8Array) return DATA_TYPE.uint8;
  if (data instanceof Int32Array) return DATA_TYPE.int32;
  return DATA_TYPE.int64;
}
