import type { Fault, FaultKind, StoreKind } from './faults.js';
import { type Random, createRandom } from './random.js';

const PROCESSES: readonly FaultKind[] = ['worker', 'extractor', 'server', 'freeze'];
const NETWORK: readonly FaultKind[] = ['error', 'silence', 'half write', 'lost write', 'half read'];

/** Seconds between the recovery from a fault and the next one. */
const PAUSE = [0.2, 2] as const;

export interface ScheduleOptions {
  readonly faults: number;
  readonly seed: number;
  /** Whether a folder of a size of its own can be had; else the bucket's server says that it is full. */
  readonly hasSmallDisk: boolean;
  /** Which stores to use. Default both: the first half of the faults hits a bucket, the rest a folder. */
  readonly stores?: readonly StoreKind[];
}

/**
 * The faults of a chaos run in their order: the same for the same options. Kinds are dealt like cards, each once before one
 * comes again.
 */
export function scheduleFaults(options: ScheduleOptions): readonly Fault[] {
  const { faults, seed, hasSmallDisk, stores = ['s3', 'file'] } = options;
  const random = createRandom(seed);
  return stores.flatMap((store, at) => {
    const count = Math.floor((faults + stores.length - 1 - at) / stores.length);
    return deal(kindsFor(store, hasSmallDisk), count, random).map((kind) => ({
      ...{ kind, store, pauseSeconds: random.between(...PAUSE) },
      ...{ severity: random.between(0, 1), aim: random.between(0, 1) },
    }));
  });
}

/** A folder has no network that could fail it; it fills up in earnest where it can. */
function kindsFor(store: StoreKind, hasSmallDisk: boolean): readonly FaultKind[] {
  const isDiskHere = (store === 'file') === hasSmallDisk;
  return [
    ...PROCESSES,
    'shard',
    ...(store === 's3' ? NETWORK : []),
    ...(isDiskHere ? (['full'] as const) : []),
  ];
}

function deal(kinds: readonly FaultKind[], count: number, random: Random): readonly FaultKind[] {
  const dealt: FaultKind[] = [];
  while (dealt.length < count) dealt.push(...random.shuffle(kinds));
  return dealt.slice(0, count);
}
