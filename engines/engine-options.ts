import { availableParallelism } from 'node:os';

/** How an engine uses its machine. None of it changes a feature by a bit. */
export interface EngineOptions {
  /** Threads for the network. Default: the cores of this machine. */
  readonly threads?: number;
  /** Copies of the network that work side by side and share the threads. Default: one a thread, at most 4. */
  readonly sessions?: number;
  /** Pictures decoded at once. Default: the cores of this machine. */
  readonly decoders?: number;
  /** Pictures in every micro-batch. Default 4. */
  readonly microBatch?: number;
}

export type ResolvedEngineOptions = Required<EngineOptions>;

/** A session holds some 85 MB: more of them would save little and cost much. */
const MOST_SESSIONS = 4;

/**
 * Fills in the defaults, which were measured with EfficientNet-Lite0 on 2 cores that decode at the same time.
 *
 * Micro-batches: 4 to 32 pictures take the same processor time a picture, while one session holds 175 MB at 4, 215 MB at
 * 8, 320 MB at 16 and 530 MB at 32. Sessions: two of one thread took 15.8 ms of processor time a picture, decoding
 * included, where one of two threads took 17.6, because nobody waits for the other half of a convolution.
 */
export function resolveEngineOptions(options: EngineOptions = {}): ResolvedEngineOptions {
  const cores = availableParallelism();
  const threads = options.threads ?? cores;
  return {
    threads,
    sessions: options.sessions ?? Math.min(threads, MOST_SESSIONS),
    decoders: options.decoders ?? cores,
    microBatch: options.microBatch ?? 4,
  };
}
