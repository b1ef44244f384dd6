import { parentPort, workerData } from 'node:worker_threads';
import type { Backbone } from '../../backbones/backbone.js';
import { GraftError } from '../../errors/graft-error.js';
import type { MicroBatchPixels } from './inference-engine.js';
import { createMicroBatchMemory } from '../sizing/micro-batch-memory.js';
import { type ResolvedEngineOptions, runsOnGpu } from '../choice/engine-options.js';
import { openNetwork } from './open-network.js';
import { type SizedNetwork, sizeNetwork } from '../sizing/sized-network.js';
import { yieldToOthers } from './yield-to-others.js';

/** What the thread is started with; `threads` for this one. */
export interface EngineThreadData extends Pick<
  ResolvedEngineOptions,
  'engine' | 'threads' | 'spinning' | 'winograd' | 'microBatch' | 'sizing' | 'cacheFolder'
> {
  readonly backbone: Backbone;
}

/** First `ready` or `failed`, then one `inferred` or `failed` for every micro-batch. */
export type EngineThreadReply =
  | { readonly kind: 'ready'; readonly microBatch: number }
  | {
      readonly kind: 'inferred';
      readonly features: Float32Array;
      readonly pixels: MicroBatchPixels;
      readonly seconds: number;
    }
  | {
      readonly kind: 'failed';
      readonly message: string;
      /** Whether a process that starts anew may do better. */
      readonly retryable: boolean;
    };

/**
 * The thread that runs the network: engines compute on the thread that calls them, and the calling thread has pictures
 * to read and decode meanwhile. Pixels come and go by transfer, never by copy.
 */
async function serve(port: NonNullable<typeof parentPort>, data: EngineThreadData): Promise<void> {
  const reply = (message: EngineThreadReply, transfer: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  const fail = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    reply({ kind: 'failed', message, retryable: !(error instanceof GraftError) || error.retryable });
  };

  try {
    const { network, microBatch } = await open(data);
    port.on('message', (pixels: MicroBatchPixels | 'close') => {
      if (pixels === 'close') {
        void network.release().finally(() => port.close());
        return;
      }
      const start = performance.now();
      network.run(pixels, microBatch).then((features) => {
        const seconds = (performance.now() - start) / 1000;
        reply({ kind: 'inferred', features, pixels, seconds }, [pixels.buffer]);
      }, fail);
    });
    reply({ kind: 'ready', microBatch });
  } catch (error) {
    fail(error);
  }
}

async function open({ backbone, engine, cacheFolder, ...options }: EngineThreadData): Promise<SizedNetwork> {
  if (!runsOnGpu(engine)) yieldToOthers(); // before the engine starts threads of its own
  const network = await openNetwork(engine, backbone, options);
  const { sha256, inputSize, dimensions } = backbone;
  const memory = createMicroBatchMemory(cacheFolder, { sha256, engine, device: network.device });
  const rows = { pixels: inputSize ** 2 * 3, features: dimensions };
  return sizeNetwork(network, rows, { ...options, memory });
}

if (parentPort !== null) await serve(parentPort, workerData as EngineThreadData);
