import { Worker } from 'node:worker_threads';
import { BadInput } from '../../errors/graft-error.js';
import type { Head, HeadKind, HeadSettings } from '../head.js';
import type { LabelledShard, ShardSource } from './shard-source.js';
import type {
  StreamedThreadData,
  StreamedThreadReply,
  StreamedThreadRequest,
} from './streamed-thread-main.js';

export interface StreamedThreadOptions extends StreamedThreadData {
  /** Ends the thread where it is aborted, also while it fits. */
  readonly signal?: AbortSignal | undefined;
}

/** Fits heads to streamed rows on a thread of its own; the rows are read on this one, and handed over. */
export interface StreamedThread {
  /** mean‖x − μ‖² of the rows, standardised where they are. */
  readonly spread: number;
  /** `fitStreamed` on that thread; one at a time. Rejects with what the source throws, and `signal.reason`. */
  fit(kind: HeadKind, settings: HeadSettings): Promise<Head>;
  /** Ends the thread; a fit that is under way rejects. */
  close(): Promise<void>;
}

/** A thread cannot run TypeScript: run from source, as tests are, this takes the built file. */
const MAIN = new URL(
  import.meta.url.endsWith('.ts')
    ? '../../dist/heads/streamed/streamed-thread-main.js'
    : './streamed-thread-main.js',
  import.meta.url,
);

/**
 * Starts a thread that reads all rows once and waits for it. Shards' buffers are handed over, so the source must make new
 * ones for each pass. Whatever ends a fit badly (the source, the signal) ends the thread, too. Rejects as `fitStreamed`
 * does.
 */
export async function startStreamedThread(
  source: ShardSource,
  { signal, ...workerData }: StreamedThreadOptions,
): Promise<StreamedThread> {
  signal?.throwIfAborted();
  const worker = new Worker(MAIN, { workerData });
  // Between two talks nobody else listens, and an error that nobody hears would end the process.
  worker.on('error', () => undefined);
  const talk = converse(worker, source, signal);
  const ready = await talk();
  if (ready.kind !== 'ready') throw new Error(`Expected the rows' description, received ${ready.kind}.`);
  return {
    spread: ready.problem.spread,
    async fit(kind, settings) {
      const reply = await talk({ fit: { kind, settings } });
      if (reply.kind !== 'head') throw new Error(`Expected a head, received ${reply.kind}.`);
      return reply.head;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

type Answer = Extract<StreamedThreadReply, { readonly kind: 'ready' | 'head' }>;

/** Asks something of the thread (nothing, at first), and serves it shards until it has answered. */
function converse(worker: Worker, source: ShardSource, signal: AbortSignal | undefined) {
  let pass: AsyncIterator<LabelledShard> | undefined;
  const send = (request: StreamedThreadRequest, buffers: readonly ArrayBuffer[] = []): void =>
    worker.postMessage(request, buffers);

  async function serveShard(kind: 'pass' | 'next'): Promise<void> {
    if (kind === 'pass') pass = source()[Symbol.asyncIterator]();
    const next = await pass?.next();
    if (next === undefined || next.done === true) {
      send({ shard: undefined });
      return;
    }
    const { features, labels } = next.value;
    const { buffer } = features.data;
    const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === features.data.byteLength;
    send({ shard: { features, labels: Float64Array.from(labels) } }, isWhole ? [buffer] : []);
  }

  return async function talk(request?: StreamedThreadRequest): Promise<Answer> {
    signal?.throwIfAborted();
    let stop: (() => void)[] = [];
    try {
      const answer = await new Promise<Answer>((resolve, reject) => {
        const onMessage = (reply: StreamedThreadReply): void => {
          if (reply.kind === 'pass' || reply.kind === 'next') void serveShard(reply.kind).catch(reject);
          else if (reply.kind === 'failed') reject(new (reply.isBadInput ? BadInput : Error)(reply.message));
          else resolve(reply);
        };
        const onError = (cause: unknown): void =>
          reject(new Error('The thread that fits heads failed.', { cause }));
        const onExit = (): void => reject(new Error('The thread that fits heads has ended.'));
        const onAbort = (): void => reject(signal?.reason as Error);
        worker.on('message', onMessage).on('error', onError).on('exit', onExit);
        signal?.addEventListener('abort', onAbort);
        stop = [
          () => worker.off('message', onMessage).off('error', onError).off('exit', onExit),
          () => signal?.removeEventListener('abort', onAbort),
        ];
        if (request !== undefined) send(request);
      });
      return answer;
    } catch (error) {
      await worker.terminate();
      throw error;
    } finally {
      for (const each of stop) each();
      await pass?.return?.();
    }
  };
}
