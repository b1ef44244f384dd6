import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { BadInput } from '../errors/graft-error.js';
import type { FitOptions } from './fit-options.js';
import type { FitAnswer, FitTask } from './fit-worker.js';
import type { Head, HeadKind, HeadSettings, Matrix } from './head.js';
import type { Iteration } from './newton-cg.js';

export interface PoolFitOptions extends FitOptions {
  /** What is fitted. Default `logistic-regression`. */
  readonly kind?: HeadKind;
}

/** Fits heads on threads of their own, so that the event loop, and with it every heartbeat, goes on. */
export interface FitPool {
  /**
   * `fitHead` on another thread.
   *
   * The features are handed over, not copied: their buffer is detached and of length 0 afterwards, unless it is a
   * `SharedArrayBuffer`, which both sides keep. Rejects with `signal.reason` when aborted, which ends the thread at once,
   * with `BadInput` as the function throws it, and when the pool is closed meanwhile.
   */
  fit(
    features: Matrix,
    labels: ArrayLike<number>,
    classes: readonly string[],
    settings: HeadSettings,
    options?: PoolFitOptions,
  ): Promise<Head>;
  /** Ends all threads; fits that are under way reject. */
  close(): Promise<void>;
}

/** No thread is started before the first fit; `threads` (default 1) is how many heads are fitted at once. */
export function createFitPool({ threads = 1 }: { readonly threads?: number } = {}): FitPool {
  let pool: Piscina<FitTask, FitAnswer> | undefined;
  return {
    async fit(features, labels, classes, settings, options = {}) {
      const { kind = 'logistic-regression', onIteration, signal } = options;
      signal?.throwIfAborted();
      pool ??= new Piscina<FitTask, FitAnswer>({ filename: WORKER, minThreads: 0, maxThreads: threads });
      const task = {
        kind,
        features: ownBuffer(features),
        labels: Float64Array.from(labels),
        classes,
        settings,
      };
      const answer = await runTask(pool, task, onIteration, signal);
      if (answer.kind === 'bad-input') throw new BadInput(answer.message);
      return answer.head;
    },
    async close() {
      await pool?.destroy();
      pool = undefined;
    },
  };
}

/** A thread cannot run TypeScript: run from source, as tests are, this takes the built file. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../dist/heads/fit-worker.js' : './fit-worker.js',
  import.meta.url,
).href;

async function runTask(
  pool: Piscina<FitTask, FitAnswer>,
  task: FitTask,
  onIteration: ((iteration: Iteration) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<FitAnswer> {
  const { port1: listener, port2: progress } = new MessageChannel();
  listener.on('message', (iteration: Iteration) => onIteration?.(iteration));
  try {
    const { buffer } = task.features.data;
    const answer = await pool.run(
      { ...task, progress },
      {
        transferList: buffer instanceof ArrayBuffer ? [buffer, progress] : [progress],
        signal: signal ?? null,
      },
    );
    tellRest(listener, onIteration);
    return answer;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    listener.close();
  }
}

/** The answer travels on another channel and may be here before the last iterations are. */
function tellRest(listener: MessagePort, onIteration: ((iteration: Iteration) => void) | undefined): void {
  for (
    let received = receiveMessageOnPort(listener) as { readonly message: Iteration } | undefined;
    received !== undefined;
    received = receiveMessageOnPort(listener) as { readonly message: Iteration } | undefined
  )
    onIteration?.(received.message);
}

/** A view of part of a buffer is copied first: handing over the buffer would take the rest from its owners. */
function ownBuffer(features: Matrix): Matrix {
  const { data } = features;
  const isPart = data.buffer instanceof ArrayBuffer && data.byteLength < data.buffer.byteLength;
  return isPart ? { ...features, data: data.slice() } : features;
}
