import { availableParallelism } from 'node:os';
import { DEFAULT_ENGINE, type EngineKind } from './engine-kind.js';
import { findTfjs } from '../tfjs/find-tfjs.js';
import type { WinogradUse } from '../onnx/plan-rewriting.js';

/** How an engine uses its machine. But for `engine`, none of it changes a feature beyond rounding. */
export interface EngineOptions {
  /** What runs the network. Default `onnx-cpu`. */
  readonly engine?: EngineKind;
  /** Threads for the network. Default: the cores of this machine; 1 where a GPU computes. */
  readonly threads?: number;
  /** Copies of the network that share the threads. Default: one a thread, at most 4, of a large network 2. A GPU has one. */
  readonly sessions?: number;
  /** Pictures decoded at once. Default: the cores of this machine. */
  readonly decoders?: number;
  /** Micro-batches in memory: in the network, waiting for it, in decoding. Default: twice the sessions and one. */
  readonly tensors?: number;
  /** Threads of libuv beside those that decode, for headers and files that are read meanwhile. Default 1. */
  readonly spareThreads?: number;
  /** Threads of onnxruntime spin while they wait for work, instead of sleeping. Default `false`. */
  readonly spinning?: boolean;
  /** Where `onnx-cpu` computes convolutions by Winograd's algorithm. Default `where-faster`. */
  readonly winograd?: WinogradUse;
  /** Pictures in every micro-batch. Default by engine: `onnx-cpu` 4 (a large network 1), `tfjs` on the processor 1; a GPU's is measured. */
  readonly microBatch?: number;
  /** `measured`: `microBatch` is only where a measurement at the start begins. Default: where nobody gave a `microBatch` for a GPU. */
  readonly sizing?: 'fixed' | 'measured';
  /** Folder in which measured sizes are kept between starts. Default: they are not kept. */
  readonly cacheFolder?: string | undefined;
}

/** What was chosen for this machine by measurement, and stands in for what the caller left open. */
export type KeptEngineOptions = Pick<
  EngineOptions,
  'threads' | 'sessions' | 'decoders' | 'microBatch' | 'tensors' | 'spareThreads' | 'spinning'
>;

export type ResolvedEngineOptions = Required<EngineOptions>;

type Defaults = Required<Pick<EngineOptions, 'threads' | 'sessions' | 'microBatch' | 'sizing'>>;

/** A session of EfficientNet-Lite0 holds some 85 MB: more of them would save little and cost much. */
const MOST_SESSIONS = 4;
/** A session of VGG16 holds some 250 MB in micro-batches of 1: worker and extractor should stay below 1.5 GB. */
const MOST_LARGE_SESSIONS = 2;
/** Bytes of a network's file from which it counts as large. */
const LARGE_NETWORK = 50e6;

/**
 * Fills in what is open: first from what was kept for this machine, then by defaults. Resolving twice changes nothing.
 *
 * `onnx-cpu` was measured with EfficientNet-Lite0 on 2 cores that decode at the same time. Micro-batches: 4 to 32
 * pictures take the same processor time a picture, while one session holds 175 MB at 4, 215 MB at 8, 320 MB at 16 and
 * 530 MB at 32. Sessions: two of one thread took 15.8 ms of processor time a picture, decoding included, where one of
 * two threads took 17.6, because nobody waits for the other half of a convolution.
 *
 * A large network has so much to compute in one picture that more of them at once save nothing: VGG16 took 271 to 277 ms
 * of processor time a picture in micro-batches of 1, 2, 4 and 8, while the process with two sessions held 595, 690, 1,020
 * and 1,500 MB. With its large convolutions by Winograd's algorithm micro-batches of 1 are even faster: 169 ms instead of
 * 183 in those of 4, in 756 MB instead of 1,107.
 *
 * `tfjs` on wasm, VGG16: 1.02 s of processor time a picture in micro-batches of 1, 1.07 s in micro-batches of 3.
 *
 * @param networkBytes of the backbone's file; default: a small one's.
 */
export function resolveEngineOptions(
  options: EngineOptions = {},
  kept: KeptEngineOptions = {},
  networkBytes = 0,
): ResolvedEngineOptions {
  const engine = options.engine ?? DEFAULT_ENGINE;
  const cores = availableParallelism();
  const threads = options.threads ?? kept.threads;
  const defaults = defaultsOf(engine, threads ?? cores, networkBytes >= LARGE_NETWORK);
  const sessions = runsOnGpu(engine) ? 1 : (options.sessions ?? kept.sessions ?? defaults.sessions);
  const microBatch = options.microBatch ?? kept.microBatch;
  return {
    engine,
    threads: threads ?? defaults.threads,
    sessions,
    decoders: options.decoders ?? kept.decoders ?? cores,
    tensors: options.tensors ?? kept.tensors ?? countTensors(sessions),
    spareThreads: options.spareThreads ?? kept.spareThreads ?? 1,
    spinning: options.spinning ?? kept.spinning ?? false,
    winograd: options.winograd ?? 'where-faster',
    microBatch: microBatch ?? defaults.microBatch,
    sizing: options.sizing ?? (microBatch === undefined ? defaults.sizing : 'fixed'),
    cacheFolder: options.cacheFolder,
  };
}

function defaultsOf(engine: EngineKind, threads: number, isLarge: boolean): Defaults {
  if (runsOnGpu(engine)) return { threads: 1, sessions: 1, microBatch: 4, sizing: 'measured' };
  const sessions = Math.min(threads, isLarge ? MOST_LARGE_SESSIONS : MOST_SESSIONS);
  if (engine === 'onnx-cpu') return { threads, sessions, microBatch: isLarge ? 1 : 4, sizing: 'fixed' };
  // TensorFlow's own library divides one picture among all cores; the wasm backend has one thread in Node.
  return { threads, sessions: findTfjs()?.flavour === 'node' ? 1 : sessions, microBatch: 1, sizing: 'fixed' };
}

/** For each session one in the network and one that waits for it, and one more in decoding. */
export const countTensors = (sessions: number): number => 2 * sessions + 1;

/** A GPU does one micro-batch at a time: a second session would only take its memory. */
export const runsOnGpu = (engine: EngineKind): boolean =>
  engine === 'onnx-cuda' || (engine === 'tfjs' && findTfjs()?.flavour === 'gpu');
