import { makeNode } from '../onnx/build.js';
import { encodeModel } from '../onnx/codec.js';
import { DATA_TYPE, type OnnxGraph, type OnnxModel, type OnnxValue } from '../onnx/model.js';
import { type ActivationRange, RangeNotFinite, joinRanges } from './activation-range.js';

const least = (value: string): string => `${value}/least`;
const most = (value: string): string => `${value}/most`;

/** Names of the outputs that hold the ranges of values. */
export const namesOfRanges = (values: readonly string[]): readonly string[] =>
  values.flatMap((value) => [least(value), most(value)]);

/**
 * A copy of the network that also gives the smallest and the largest number of each value: single numbers, so that a run
 * returns some bytes instead of all activations, which are a hundred megabytes a picture with VGG16.
 */
export function writeCalibrationModel(
  model: OnnxModel & { readonly graph: OnnxGraph },
  values: readonly string[],
): Uint8Array {
  const { graph } = model;
  const observers = values.flatMap((value) => [
    makeNode('ReduceMin', [value], least(value), { keepdims: 0 }),
    makeNode('ReduceMax', [value], most(value), { keepdims: 0 }),
  ]);
  const node = [...graph.node, ...observers];
  const output = [...graph.output, ...namesOfRanges(values).map(declareNumber)];
  return encodeModel({ ...model, graph: { ...graph, node, output } });
}

const declareNumber = (name: string): OnnxValue => ({
  name,
  type: { tensorType: { elemType: DATA_TYPE.float, shape: { dim: [] } } },
});

/**
 * Widens ranges by what one run of the calibration network gave.
 *
 * The range of a value is that over all calibration pictures. Clipping rarer numbers off was tried with VGG16 (the mean of
 * the pictures' largest numbers): the mean cosine to float32 stayed within 0.0001 and the least one fell.
 *
 * @throws RangeNotFinite where a value is not finite.
 */
export function widenRanges(
  ranges: ReadonlyMap<string, ActivationRange>,
  values: readonly string[],
  read: (output: string) => number | undefined,
): ReadonlyMap<string, ActivationRange> {
  return new Map(
    values.map((value) => {
      const [min = NaN, max = NaN] = [read(least(value)), read(most(value))];
      if (!Number.isFinite(min) || !Number.isFinite(max))
        throw new RangeNotFinite(
          `Value "${value}" of the network runs from ${min} to ${max} for a calibration picture: expected finite ` +
            'numbers. Check the weights.',
        );
      const known = ranges.get(value);
      return [value, known === undefined ? { min, max } : joinRanges(known, { min, max })];
    }),
  );
}
