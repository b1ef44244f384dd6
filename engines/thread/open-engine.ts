import type { Backbone } from '../../backbones/backbone.js';
import { describeEngine } from '../choice/describe-engine.js';
import type { EngineKind } from '../choice/engine-kind.js';
import type { ResolvedEngineOptions } from '../choice/engine-options.js';
import { type EngineThread, startEngineThread } from './engine-thread.js';
import type { InferenceEngine } from './inference-engine.js';
import { createPool } from '../batching/pool.js';

/**
 * Opens a backbone in the engine of `options`, in as many threads as it has sessions.
 *
 * @throws EngineUnavailable where the engine is not installed here or does not run this network, or the file is damaged
 * or no backbone.
 */
export async function openEngine(
  backbone: Backbone,
  options: ResolvedEngineOptions,
): Promise<InferenceEngine> {
  const description = describeEngine(options);
  prepareEnvironment(options.engine);
  const threads = await startThreads(backbone, options);
  const idle = createPool(threads);
  return {
    description,
    microBatch: threads[0]?.microBatch ?? options.microBatch,
    sessions: threads.length,
    infer: async (pixels) => {
      const thread = await idle.take();
      try {
        return await thread.infer(pixels);
      } finally {
        idle.give(thread);
      }
    },
    close: async () => {
      const resting = await Promise.all(threads.map(() => idle.take())); // each ends the micro-batch that it is at
      await Promise.all(resting.map((thread) => thread.close()));
    },
  };
}

/** Where one thread cannot open the network, the others are closed. */
async function startThreads(
  backbone: Backbone,
  { engine, threads, sessions, spinning, winograd, microBatch, sizing, cacheFolder }: ResolvedEngineOptions,
): Promise<readonly EngineThread[]> {
  const each = Math.max(1, Math.floor(threads / sessions));
  const data = { backbone, engine, threads: each, spinning, winograd, microBatch, sizing, cacheFolder };
  const started = await Promise.allSettled(Array.from({ length: sessions }, () => startEngineThread(data)));
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed === undefined) return running;
  await Promise.all(running.map((thread) => thread.close()));
  throw failed.reason;
}

/**
 * Set for the whole process, because CUDA's and TensorFlow's libraries read them from there when they are loaded, and a
 * thread's own environment is a copy.
 */
function prepareEnvironment(engine: EngineKind): void {
  if (engine === 'onnx-cpu') return;
  // TensorFloat-32 keeps 10 bits of a factor: features would differ from Keras' in the third digit. onnxruntime's Node
  // binding hands no such option to its CUDA provider (1.30, session_options_helper.cc).
  process.env['NVIDIA_TF32_OVERRIDE'] = '0';
  if (engine !== 'tfjs') return;
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] = 'true'; // otherwise TensorFlow takes all of the GPU's memory
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
}
