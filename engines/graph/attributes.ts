import { ATTRIBUTE_TYPE, type OnnxNode, toNumber } from '../../backbones/onnx/model.js';

/** An attribute of whole numbers, or of one as a list of one; undefined where the node has none of that name. */
export function readNumbers(node: OnnxNode, name: string): readonly number[] | undefined {
  const attribute = node.attribute.find((candidate) => candidate.name === name);
  if (attribute?.type === ATTRIBUTE_TYPE.ints) return attribute.ints.map(toNumber);
  if (attribute?.type === ATTRIBUTE_TYPE.int) return [toNumber(attribute.i ?? 0)];
  return undefined;
}
