import { parentPort, workerData } from 'node:worker_threads';
import type { Backbone } from '../backbones/backbone.js';
import type { MicroBatchPixels } from './inference-engine.js';
import { openOnnxSession } from './onnx-session.js';

/** What the thread is started with. */
export interface OnnxThreadData {
  readonly backbone: Backbone;
  readonly threads: number;
  readonly microBatch: number;
}

/** First `ready` or `failed`, then one `inferred` or `failed` for every micro-batch. */
export type OnnxThreadReply =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'inferred';
      readonly features: Float32Array;
      readonly pixels: MicroBatchPixels;
      readonly seconds: number;
    }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * The thread that runs the network: onnxruntime's Node binding computes on the thread that calls it, and the calling
 * thread has pictures to read and decode meanwhile. Pixels come and go by transfer, never by copy.
 */
async function serve(port: NonNullable<typeof parentPort>, data: OnnxThreadData): Promise<void> {
  const reply = (message: OnnxThreadReply, transfer: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  const fail = (error: unknown) =>
    reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });

  try {
    const session = await openOnnxSession(data.backbone, data.threads);
    port.on('message', (pixels: MicroBatchPixels | 'close') => {
      if (pixels === 'close') {
        void session.release().finally(() => port.close());
        return;
      }
      const start = performance.now();
      session.run(pixels, data.microBatch).then((features) => {
        const seconds = (performance.now() - start) / 1000;
        reply({ kind: 'inferred', features, pixels, seconds }, [pixels.buffer]);
      }, fail);
    });
    reply({ kind: 'ready' });
  } catch (error) {
    fail(error);
  }
}

if (parentPort !== null) await serve(parentPort, workerData as OnnxThreadData);
