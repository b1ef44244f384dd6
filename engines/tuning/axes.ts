import type { EngineKind } from '../choice/engine-kind.js';
import { countTensors } from '../choice/engine-options.js';
import { describeSessions, plural, type Setting } from './setting.js';

/** Another setting to try, and what it changes: `micro-batch 8`. */
export interface Candidate {
  readonly title: string;
  readonly setting: Setting;
}

/** One thing that can be chosen, apart from the others. */
export interface Axis {
  readonly name: string;
  /** Settings that differ from the present one in this alone; `imagesPerSecond` is what the present one reaches. */
  candidates(present: Setting, imagesPerSecond: number): readonly Candidate[];
}

/** More sessions are not tried: each holds a copy of the network. */
const MOST_SESSIONS = 16;
/** Seconds that one round of micro-batches may take: calls are cancelled, and tell their progress, in between. */
const LONGEST_ROUND = 4;

/** What is worth trying with an engine, in the order of what it may bring. */
export function listAxes(engine: EngineKind, cores: number, isGpu: boolean): readonly Axis[] {
  const ofNetwork = isGpu ? [] : [sessionsAxis(engine, cores), microBatchAxis];
  return [
    ...ofNetwork,
    ...(engine === 'onnx-cpu' ? [spinningAxis] : []),
    numberAxis('decoders', 'decoder', () => [Math.max(1, Math.floor(cores / 2)), cores, 2 * cores]),
    numberAxis('tensors', 'tensor', ({ sessions }) => [
      sessions + 1,
      countTensors(sessions),
      3 * sessions + 1,
    ]),
    numberAxis('spareThreads', 'spare thread', () => [0, 1, Math.max(2, cores)]),
  ];
}

/** One session of all threads, as many sessions as threads, what lies between, and twice as many threads as cores. */
function sessionsAxis(engine: EngineKind, cores: number): Axis {
  const counts = [1, 2, 4, 8, 16, cores].filter((count) => count <= Math.min(cores, MOST_SESSIONS));
  const even = [...new Set(counts)].map((sessions) => ({ sessions, threads: cores }));
  const layouts = engine === 'onnx-cpu' && cores > 1 ? [...even, { sessions: 2, threads: 2 * cores }] : even;
  return {
    name: 'sessions',
    candidates: (present) =>
      layouts
        .filter(({ sessions, threads }) => sessions !== present.sessions || threads !== present.threads)
        .map((layout) => ({
          title: describeSessions(layout),
          setting: { ...present, ...layout, tensors: countTensors(layout.sessions) },
        })),
  };
}

const microBatchAxis: Axis = {
  name: 'microBatch',
  candidates: (present, imagesPerSecond) =>
    [1, 2, 4, 8, 16]
      .filter((size) => size !== present.microBatch)
      .filter((size) => size === 1 || (size * present.sessions) / imagesPerSecond <= LONGEST_ROUND)
      .map((microBatch) => ({ title: `micro-batch ${microBatch}`, setting: { ...present, microBatch } })),
};

const spinningAxis: Axis = {
  name: 'spinning',
  candidates: (present) => {
    const spinning = !present.spinning;
    return [{ title: spinning ? 'spinning' : 'no spinning', setting: { ...present, spinning } }];
  },
};

function numberAxis(
  name: 'decoders' | 'tensors' | 'spareThreads',
  noun: string,
  values: (present: Setting) => readonly number[],
): Axis {
  return {
    name,
    candidates: (present) =>
      [...new Set(values(present))]
        .filter((value) => value !== present[name])
        .map((value) => ({ title: plural(value, noun), setting: { ...present, [name]: value } })),
  };
}
