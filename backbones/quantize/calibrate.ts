import { BadInput, GraftError } from '../../errors/graft-error.js';
import type { ActivationRange } from './activation-range.js';
import { cosine } from './cosine.js';
import { type NetworkRunner, type OpenNetwork, numbersOf } from './network-runner.js';
import { namesOfRanges, widenRanges, writeCalibrationModel } from './observe-ranges.js';
import type { Subject } from './subject.js';

/** A quantised network gives features that are none. */
export class QuantizationFailed extends GraftError {}

/** Pictures whose features are compared. */
const COMPARED = 4;

/** What calibration found. */
export interface Calibration {
  readonly ranges: ReadonlyMap<string, ActivationRange>;
  /** The first few pictures and their float32 features. */
  readonly samples: readonly { readonly pixels: Uint8Array; readonly features: Float64Array }[];
}

/**
 * Runs the network over the calibration pictures, one at a time.
 *
 * @param values whose ranges are wanted.
 * @throws BadInput where there is no picture; RangeNotFinite, and what `open` throws.
 */
export async function calibrate(
  subject: Subject,
  values: readonly string[],
  pictures: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  open: OpenNetwork,
): Promise<Calibration> {
  let ranges: Calibration['ranges'] = new Map();
  const samples: Calibration['samples'][number][] = [];
  const names = namesOfRanges(values);
  const runner = await open(writeCalibrationModel(subject.model, values), {
    shown: 'The calibration network',
  });
  try {
    for await (const pixels of pictures) {
      const isSample = samples.length < COMPARED;
      const results = await runPicture(
        runner,
        subject,
        pixels,
        isSample ? [...names, subject.output] : names,
      );
      ranges = widenRanges(ranges, values, (name) => numbersOf(results[name])[0]);
      if (isSample) samples.push({ pixels: pixels.slice(), features: numbersOf(results[subject.output]) });
    }
  } finally {
    await runner.close();
  }
  if (samples.length > 0) return { ranges, samples };
  throw new BadInput('Quantisation needs calibration pictures, 100 or so, and received none.');
}

function runPicture(
  runner: NetworkRunner,
  { input, side }: Subject,
  data: Uint8Array,
  outputs: readonly string[],
) {
  return runner.run({ [input]: { dims: [1, side, side, 3], data } }, outputs);
}

/**
 * Mean cosine between the samples' float32 features and those of the quantised network: proof that it loads and runs.
 *
 * @throws QuantizationFailed where its features are not finite, and what `open` throws.
 */
export async function compareSamples(
  quantized: Uint8Array,
  subject: Subject,
  { samples }: Calibration,
  open: OpenNetwork,
): Promise<number> {
  const runner = await open(quantized, { shown: 'The quantised network' });
  try {
    let sum = 0;
    for (const { pixels, features } of samples) {
      const results = await runPicture(runner, subject, pixels, [subject.output]);
      sum += cosine(features, numbersOf(results[subject.output]));
    }
    if (Number.isFinite(sum)) return sum / samples.length;
    throw new QuantizationFailed('The quantised network gave features that are not finite numbers.');
  } finally {
    await runner.close();
  }
}
