import { openOnnxProbe, type OnnxProbe } from '../../engines/probe/probe-onnx.js';
import { BadInput } from '../../errors/graft-error.js';
import type { BackboneDraft } from '../draft.js';
import { makeTrialPictures } from './trial-pictures.js';

/** What a network showed. */
export interface SelfTestFacts {
  /** Length of a feature vector. */
  readonly dimensions: number;
  /** Of this machine, four pictures at once, the network alone. */
  readonly imagesPerSecond: number;
}

/** A finished network, and what to do where it fails. */
export interface TestedNetwork extends Pick<BackboneDraft, 'name' | 'onnx' | 'inputSize' | 'dimensions'> {
  /** A sentence: `Check --output, --pool and --preprocessing.` */
  readonly mend: string;
}

/** Part of the largest feature by which a picture's features may depend on its neighbours: rounding, no more. */
const TOLERANCE = 1e-3;

const TIMED_RUNS = 3;

/**
 * Runs a finished network in a process of its own on made-up pictures: features must be finite, as many as declared,
 * differ between pictures, and be the same whatever stands beside a picture.
 *
 * @throws BadInput with the first of these that does not hold; EngineUnavailable where the network cannot be run here.
 */
export async function selfTestNetwork(network: TestedNetwork): Promise<SelfTestFacts> {
  const probe = await openOnnxProbe(network.onnx, { shown: network.name });
  try {
    const infer = (numbers: readonly number[]) => inferRows(probe, network, numbers);
    const [alone] = await infer([0]);
    const [first, second, third] = await infer([0, 1, 2]);
    const rows = [alone, first, second, third].filter((row) => row !== undefined);
    if (rows.some((row) => row.some((number) => !Number.isFinite(number))))
      throw fail(network, 'gives features that are not finite numbers');
    if (!differs(rows[1], rows[2], 0) || !differs(rows[1], rows[3], 0))
      throw fail(network, 'gives the same features for different pictures');
    if (differs(rows[0], rows[1], TOLERANCE))
      throw fail(network, 'gives a picture other features when other pictures stand beside it');
    return { dimensions: network.dimensions, imagesPerSecond: await measureSpeed(infer) };
  } finally {
    await probe.close();
  }
}

async function inferRows(
  probe: OnnxProbe,
  network: TestedNetwork,
  numbers: readonly number[],
): Promise<readonly Float32Array[]> {
  const { inputSize: side, dimensions } = network;
  const [input] = probe.inputs;
  const [output] = probe.outputs;
  const data = makeTrialPictures(numbers, side);
  const results = await probe.run({ [input?.name ?? '']: { dims: [numbers.length, side, side, 3], data } });
  const features = results[output?.name ?? '']?.data;
  if (!(features instanceof Float32Array) || features.length !== numbers.length * dimensions)
    throw fail(network, `does not give ${dimensions} float32 features a picture`);
  return numbers.map((_, row) => features.subarray(row * dimensions, (row + 1) * dimensions));
}

/** Whether two vectors differ anywhere by more than a part of their largest number. */
function differs(a: Float32Array | undefined, b: Float32Array | undefined, part: number): boolean {
  if (a === undefined || b === undefined) return true;
  const largest = a.reduce((max, number) => Math.max(max, Math.abs(number)), 0);
  return a.some((number, at) => Math.abs(number - (b[at] ?? 0)) > part * largest);
}

/** The fastest of a few runs: what else the machine does only ever slows it. */
async function measureSpeed(infer: (numbers: readonly number[]) => Promise<unknown>): Promise<number> {
  const seconds: number[] = [];
  for (let run = 0; run < TIMED_RUNS; run++) {
    const start = performance.now();
    await infer([0, 1, 2, 3]);
    seconds.push((performance.now() - start) / 1000);
  }
  return 4 / Math.min(...seconds);
}

const fail = ({ name, mend }: TestedNetwork, what: string): BadInput =>
  new BadInput(`${name} failed its self-test: it ${what}. ${mend}`);
