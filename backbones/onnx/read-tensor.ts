import { BadInput } from '../../errors/graft-error.js';
import { DATA_TYPE, type OnnxTensor, toNumber } from './model.js';

/** Lengths of a tensor's axes. */
export const shapeOf = (tensor: OnnxTensor): readonly number[] => tensor.dims.map(toNumber);

/**
 * The numbers of a float32 tensor, row-major; a copy.
 *
 * @throws BadInput where it holds another type, keeps its numbers in another file, or has not as many as its shape says.
 */
export function readFloats(tensor: OnnxTensor): Float32Array {
  if (tensor.dataType !== DATA_TYPE.float)
    throw new BadInput(
      `Tensor "${tensor.name}": expected float32 numbers, received ONNX type ${tensor.dataType}.`,
    );
  if (tensor.dataLocation !== 0)
    throw new BadInput(
      `Tensor "${tensor.name}" keeps its numbers in another file: expected one ONNX file. Export it without external data.`,
    );
  const floats =
    tensor.rawData.length > 0
      ? new Float32Array(new Uint8Array(tensor.rawData).buffer)
      : Float32Array.from(tensor.floatData);
  const expected = shapeOf(tensor).reduce((product, length) => product * length, 1);
  if (floats.length !== expected)
    throw new BadInput(`Tensor "${tensor.name}": expected ${expected} numbers, received ${floats.length}.`);
  return floats;
}
