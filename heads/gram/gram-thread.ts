import { Worker } from 'node:worker_threads';
import { BadInput } from '../../errors/graft-error.js';
import type { FitOptions } from '../fit-options.js';
import type { Head, HeadKind, HeadSettings, Matrix } from '../head.js';
import type { GramThreadData, GramThreadReply, GramThreadRequest } from './gram-thread-main.js';

export interface GramThreadOptions {
  /** For heads with `settings.standardise`, which no others may have then. Default false. */
  readonly standardise?: boolean;
  /** Threads that multiply. Default: as many as there are cores. */
  readonly threads?: number;
  /** Ends the thread where it is aborted before the inner products are there. */
  readonly signal?: AbortSignal | undefined;
}

export interface GramThreadFitOptions extends FitOptions {
  /**
   * Begins where the last head of the kind ended that was fitted so, if its C was not larger: for fits of the same labels,
   * C ascending, of which not all are known at once. Default false.
   */
  readonly goesOn?: boolean | undefined;
}

/** A {@link GramProblem} on a thread of its own, so that the event loop, and with it every heartbeat, goes on. */
export interface GramThread {
  /** mean‖x − μ‖² of the rows, standardised where they are. */
  readonly spread: number;
  /**
   * `GramProblem.fitEach` on that thread; calls wait for each other. Rejects with `signal.reason` when aborted, which
   * leaves the thread ready for others, with `BadInput` as the function does, and where the thread ends meanwhile.
   */
  fitEach(
    kind: HeadKind,
    labels: ArrayLike<number>,
    classes: readonly string[],
    settings: readonly HeadSettings[],
    options?: GramThreadFitOptions,
  ): Promise<Head[]>;
  /** Ends the thread; fits that are under way reject. */
  close(): Promise<void>;
}

/** A thread cannot run TypeScript: run from source, as tests are, this takes the built file. */
const MAIN = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/heads/gram/gram-thread-main.js' : './gram-thread-main.js',
  import.meta.url,
);

/**
 * Starts a thread that computes the features' inner products, and waits for them. The features are copied, unless their
 * buffer is a `SharedArrayBuffer`. Rejects as `createGram` does.
 */
export async function startGramThread(
  features: Matrix,
  { standardise = false, threads, signal }: GramThreadOptions = {},
): Promise<GramThread> {
  signal?.throwIfAborted();
  const workerData: GramThreadData = { features, standardise, threads };
  const worker = new Worker(MAIN, { workerData });
  const calls = createCalls(worker);
  const abort = (): void => void worker.terminate();
  signal?.addEventListener('abort', abort, { once: true });
  let spread: number;
  try {
    spread = await calls.ready();
  } catch (error) {
    await worker.terminate();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  return {
    spread,
    fitEach: (...call) => calls.fitEach(...call),
    close: async () => {
      await worker.terminate();
    },
  };
}

interface Call {
  readonly settle: (reply: GramThreadReply) => void;
  readonly reject: (error: Error) => void;
  readonly onIteration: FitOptions['onIteration'];
}

function createCalls(worker: Worker) {
  const open = new Map<number, Call>();
  const ask = (request: GramThreadRequest): void => worker.postMessage(request);
  let ended: Error | undefined;
  let lastId = 0;
  const end = (error: Error): void => {
    ended ??= error;
    for (const { reject } of open.values()) reject(ended);
  };
  worker.on('error', (cause) => end(new Error('The thread that fits heads failed.', { cause })));
  worker.on('exit', () => end(new Error('The thread that fits heads has ended.')));
  worker.on('message', (reply: GramThreadReply) => {
    const call = open.get(reply.id);
    if (reply.kind === 'iteration') call?.onIteration?.(reply.iteration);
    else call?.settle(reply);
  });

  /** The answer to a call: rejects where it is a failure. */
  async function wait(id: number, onIteration?: FitOptions['onIteration']): Promise<GramThreadReply> {
    if (ended !== undefined) throw ended;
    try {
      const reply = await new Promise<GramThreadReply>((settle, reject) =>
        open.set(id, { settle, reject, onIteration }),
      );
      if (reply.kind === 'failed') throw new (reply.isBadInput ? BadInput : Error)(reply.message);
      return reply;
    } finally {
      open.delete(id);
    }
  }

  /** Its first answer: mean‖x − μ‖². */
  async function ready(): Promise<number> {
    const reply = await wait(0);
    return reply.kind === 'ready' ? reply.spread : Number.NaN;
  }

  const fitEach: GramThread['fitEach'] = async (kind, labels, classes, settings, options = {}) => {
    const { goesOn, onIteration, signal } = options;
    signal?.throwIfAborted();
    const id = ++lastId;
    const answer = wait(id, onIteration);
    ask({ id, kind, labels: Float64Array.from(labels), classes, settings, goesOn });
    const cancel = (): void => ask({ cancel: id });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const reply = await answer;
      return reply.kind === 'heads' ? [...reply.heads] : [];
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  };
  return { ready, fitEach };
}
