import { DATA_TYPE, type OnnxGraph, type OnnxTensor, toNumber } from '../../backbones/onnx/model.js';

/** The graph's constants by name: initializers that are no inputs as well, and what Constant nodes hold as a tensor. */
export function readConstants(graph: OnnxGraph): ReadonlyMap<string, OnnxTensor> {
  const open = new Set(graph.input.map(({ name }) => name));
  const constants = new Map(
    graph.initializer.flatMap((tensor) => (open.has(tensor.name) ? [] : [[tensor.name, tensor] as const])),
  );
  for (const { opType, domain, output, attribute } of graph.node) {
    if (opType !== 'Constant' || domain !== '') continue;
    const tensor = attribute.find(({ name }) => name === 'value')?.t;
    if (tensor && output[0] !== undefined) constants.set(output[0], tensor);
  }
  return constants;
}

/** The numbers of an int64 constant; undefined where it is of another type or in another file. */
export function readWholeNumbers(tensor: OnnxTensor): readonly number[] | undefined {
  if (tensor.dataType !== DATA_TYPE.int64 || tensor.dataLocation !== 0) return undefined;
  if (tensor.rawData.length === 0) return tensor.int64Data.map(toNumber);
  return Array.from(new BigInt64Array(new Uint8Array(tensor.rawData).buffer), Number);
}
