/**
 * An ONNX file as objects: the messages of onnx-ml.proto with the fields that Graft reads or writes. What is not named
 * here (metadata, functions, training) is kept as it is when a file is read, changed and written.
 */
export interface OnnxModel {
  irVersion: Int64;
  producerName: string;
  opsetImport: OnnxOpset[];
  graph?: OnnxGraph | null;
}

/** protobuf's int64: a `Long` where it was read, a number where Graft wrote it. */
export type Int64 = number | { toNumber(): number };

export interface OnnxOpset {
  /** Empty for the standard operators. */
  domain: string;
  version: Int64;
}

export interface OnnxGraph {
  name: string;
  node: OnnxNode[];
  initializer: OnnxTensor[];
  input: OnnxValue[];
  output: OnnxValue[];
  /** Types of values in between; often absent. */
  valueInfo: OnnxValue[];
}

export interface OnnxNode {
  name: string;
  opType: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}

export interface OnnxAttribute {
  name: string;
  type: AttributeType;
  f?: number;
  i?: Int64;
  s?: Uint8Array;
  t?: OnnxTensor | null;
  g?: OnnxGraph | null;
  floats: number[];
  ints: Int64[];
  strings: Uint8Array[];
  graphs: OnnxGraph[];
}

/** AttributeProto.AttributeType, as far as Graft writes them. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;
export type AttributeType = number;

export interface OnnxTensor {
  name: string;
  dims: Int64[];
  dataType: number;
  /** Little-endian, row-major. Empty where one of the typed lists is used. */
  rawData: Uint8Array;
  floatData: number[];
  int32Data: number[];
  int64Data: Int64[];
  /** 1: the numbers are in another file. */
  dataLocation: number;
  /** Then: which file beside the network's (`location`), and which of its bytes (`offset`, `length`). */
  externalData?: { key: string; value: string }[];
}

/** TensorProto.DataType, as far as Graft knows them. */
export const DATA_TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  float16: 10,
  double: 11,
} as const;

export interface OnnxValue {
  name: string;
  type?: {
    /** Absent for sequences, maps and the like. */
    tensorType?: { elemType: number; shape?: { dim: OnnxDimension[] } | null } | null;
  } | null;
}

/** A fixed length, or the name of an open one, or neither. */
export interface OnnxDimension {
  dimValue?: Int64;
  dimParam?: string;
}

/** An int64 as a number; exact up to 2^53, which every length and count is. */
export const toNumber = (value: Int64): number => (typeof value === 'number' ? value : value.toNumber());
