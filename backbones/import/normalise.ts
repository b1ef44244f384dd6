import { makeNode, makeTensor } from '../onnx/build.js';
import { DATA_TYPE, type OnnxNode, type OnnxTensor } from '../onnx/model.js';
import type { GraphPart } from './graph-part.js';
import type { NetworkInput } from './network-input.js';
import type { Normalisation, Preprocessing } from './preprocessing.js';

/**
 * Builds what turns uint8 RGB `[N,S,S,3]` into what a network takes: channel order and layout while a number is one byte,
 * then Cast, one Mul and one Add, all in float32, at last Cast to float16 where the network wants that.
 *
 * `(pixel × scale − mean) ÷ std` is folded into `pixel × (scale ÷ std) + (−mean ÷ std)`, whose two constants are
 * computed in float64 and rounded to float32 once; a feature may differ from the unfolded form's by float32's rounding.
 *
 * @param from name of the uint8 value; `to`: of the network's input.
 */
export function buildNormalisation(
  from: string,
  to: NetworkInput,
  { normalisation, channels = 'rgb' }: Preprocessing,
): GraphPart {
  const node: OnnxNode[] = [];
  const initializer: OnnxTensor[] = [];
  const constant = (tensor: OnnxTensor): string => (initializer.push(tensor), tensor.name);
  let value = from;
  const append = (step: string, opType: string, others: readonly string[] = [], attributes = {}) => {
    const result = `${from}/${step}`;
    node.push(makeNode(opType, [value, ...others], result, attributes));
    value = result;
  };
  if (channels === 'bgr') {
    const order = constant(makeTensor(`${from}/order`, [3], BigInt64Array.of(2n, 1n, 0n)));
    append('bgr', 'Gather', [order], { axis: 3 });
  }
  if (to.layout === 'nchw') append('nchw', 'Transpose', [], { perm: [0, 3, 1, 2] });
  if (to.type !== 'uint8') append('float', 'Cast', [], { to: DATA_TYPE.float });
  if (to.type !== 'uint8' && normalisation !== undefined) {
    const shape = to.layout === 'nchw' ? [1, 3, 1, 1] : [1, 1, 1, 3];
    const { factor, offset } = fold(normalisation, channels === 'bgr');
    if (factor.some((number) => number !== 1))
      append('scaled', 'Mul', [constant(makeTensor(`${from}/factor`, shape, factor))]);
    if (offset.some((number) => number !== 0))
      append('centred', 'Add', [constant(makeTensor(`${from}/offset`, shape, offset))]);
  }
  if (to.type === 'float16') append('float16', 'Cast', [], { to: DATA_TYPE.float16 });
  return { node, initializer, result: value };
}

function fold({ scale, mean, std }: Normalisation, reversed: boolean) {
  const factor = std.map((deviation) => scale / deviation);
  const offset = std.map((deviation, channel) => -(mean[channel] ?? 0) / deviation);
  const order = (numbers: readonly number[]) =>
    Float32Array.from(reversed ? [...numbers].reverse() : numbers);
  return { factor: order(factor), offset: order(offset) };
}
