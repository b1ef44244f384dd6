import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../runs/package-root.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import { ExtractorCrashed } from '../feature-extractor.js';
import type { Inference, MicroBatchPixels } from './inference-engine.js';
import type { EngineThreadData, EngineThreadReply } from './engine-thread-main.js';

/** A thread that runs the network for one micro-batch at a time. */
export interface EngineThread {
  /** Pictures in every micro-batch: as asked for, or as measured. */
  readonly microBatch: number;
  infer(pixels: MicroBatchPixels): Promise<Inference>;
  close(): Promise<void>;
}

/** Always the built file: threads cannot be started from TypeScript. */
const MAIN = join(packageRoot, 'dist/engines/thread/engine-thread-main.js');

/**
 * Starts a thread and waits until its network is ready.
 *
 * @throws EngineUnavailable with the thread's own sentence.
 */
export async function startEngineThread(workerData: EngineThreadData): Promise<EngineThread> {
  const worker = new Worker(MAIN, { workerData });
  let hasEnded = false;
  const ended = new Promise<void>((resolve) =>
    worker.once('exit', () => {
      hasEnded = true;
      resolve();
    }),
  );
  const ready = await nextReply(worker);
  if (ready.kind !== 'ready') {
    await worker.terminate();
    throw refusal(ready);
  }
  return {
    microBatch: ready.microBatch,
    infer: async (pixels) => {
      if (hasEnded) throw new ExtractorCrashed('The thread that runs the network has ended.'); // it would not answer
      const reply = nextReply(worker);
      worker.postMessage(pixels, [pixels.buffer]);
      const inference = await reply;
      if (inference.kind === 'inferred') return inference;
      throw inference.kind === 'failed' && inference.retryable
        ? breakdown(inference.message)
        : refusal(inference);
    },
    close: async () => {
      worker.postMessage('close');
      await ended;
    },
  };
}

const refusal = (reply: EngineThreadReply): EngineUnavailable =>
  new EngineUnavailable(reply.kind === 'failed' ? reply.message : 'The network gave no answer.');

/** An error that is not Graft's own, once the network has been opened: a GPU in trouble, say, fails until its process ends. */
const breakdown = (message: string): ExtractorCrashed =>
  new ExtractorCrashed(`The network failed while it ran: ${message}`);

/** The thread's next message; rejects where the thread ends instead. */
function nextReply(worker: Worker): Promise<EngineThreadReply> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (reply: EngineThreadReply) => settle(() => resolve(reply));
    const onError = (cause: unknown) =>
      settle(() => reject(new ExtractorCrashed('The thread that runs the network failed.', { cause })));
    const onExit = (code: number) =>
      settle(() => reject(new ExtractorCrashed(`The thread that runs the network ended with code ${code}.`)));
    worker.once('message', onMessage).once('error', onError).once('exit', onExit);
  });
}
