import { availableParallelism, totalmem } from 'node:os';
import type { Backbone } from '../../backbones/backbone.js';
import type { EngineKind } from '../choice/engine-kind.js';
import { runsOnGpu } from '../choice/engine-options.js';
import { listAxes } from './axes.js';
import type { Sample } from './contest.js';
import { descend, type Tuned, type TuningRow } from './descent.js';
import { createContenders } from './run-contender.js';
import { defaultSetting } from './setting.js';

export interface TuneRequest {
  readonly backbone: Backbone;
  readonly engine: EngineKind;
  readonly cacheFolder: string;
  /** Encoded pictures to measure with. */
  readonly pictures: readonly Uint8Array[];
  /** Seconds after which no further candidate is begun. */
  readonly seconds: number;
  /** Bytes that the extractor's process may take; default {@link memoryLimit}. */
  readonly memory?: number;
  readonly signal: AbortSignal;
  readonly onStart?: (sample: Sample) => void;
  readonly onRow?: (row: TuningRow) => void;
}

/** Pairs of measurements, and those that a candidate that leads must get through. */
const PAIRS = { pairs: 3, confirmingPairs: 7 };
/** Seconds of one measurement: a share of all, between these. */
const [SHORTEST, LONGEST] = [0.15, 1];
/** Measurements that the time should allow for: some 14 candidates, most in 3 pairs, each with a start and a warm-up. */
const MEASUREMENTS = 150;

/**
 * Finds the fastest setting of this machine for a backbone, beginning with the default one; keeps nothing.
 *
 * @throws EngineUnavailable, BackboneDamaged, `signal.reason`.
 */
export async function tune({ backbone, engine, cacheFolder, ...request }: TuneRequest): Promise<Tuned> {
  const { pictures, signal } = request;
  const seconds = Math.min(LONGEST, Math.max(SHORTEST, request.seconds / MEASUREMENTS));
  const open = createContenders({ backbone, engine: { engine, cacheFolder }, pictures, seconds, signal });
  const deadline = performance.now() + request.seconds * 1_000;
  return descend({
    start: defaultSetting(engine, backbone),
    axes: listAxes(engine, availableParallelism(), runsOnGpu(engine)),
    open,
    rules: { ...PAIRS, memory: request.memory ?? memoryLimit() },
    hasTime: () => performance.now() < deadline,
    ...(request.onStart && { onStart: request.onStart }),
    ...(request.onRow && { onRow: request.onRow }),
  });
}

const GIB = 2 ** 30;

/** Bytes for the extractor's process: 1 GiB, or 256 MiB a core where that is more, never over half of the machine's. */
export const memoryLimit = (): number =>
  Math.min(Math.max(GIB, availableParallelism() * (GIB / 4)), totalMemory() / 2);

/** A container may be allowed less than the machine has. */
function totalMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
