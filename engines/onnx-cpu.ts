import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Backbone } from '../backbones/backbone.js';
import type { ResolvedEngineOptions } from './engine-options.js';
import type { EngineDescription } from './feature-extractor.js';
import type { InferenceEngine } from './inference-engine.js';
import { startOnnxThread } from './onnx-thread.js';
import { createPool } from './pool.js';

/** The engine as shards and reports name it; loads no native library. */
export function describeOnnxCpu({ threads }: Pick<ResolvedEngineOptions, 'threads'>): EngineDescription {
  return { name: 'onnx-cpu', version: `onnxruntime ${readOnnxruntimeVersion()}`, threads };
}

/**
 * Opens a backbone with onnxruntime on this machine's processor.
 *
 * @throws EngineUnavailable where the library does not load, or the file is damaged or no backbone.
 */
export async function openOnnxCpu(
  backbone: Backbone,
  options: ResolvedEngineOptions,
): Promise<InferenceEngine> {
  const { microBatch, sessions } = options;
  const threads = Math.max(1, Math.floor(options.threads / sessions));
  const network = await Promise.all(
    Array.from({ length: sessions }, () => startOnnxThread({ backbone, threads, microBatch })),
  );
  const idle = createPool(network);
  return {
    description: describeOnnxCpu(options),
    microBatch,
    sessions,
    infer: async (pixels) => {
      const thread = await idle.take();
      try {
        return await thread.infer(pixels);
      } finally {
        idle.give(thread);
      }
    },
    close: async () => {
      const resting = await Promise.all(network.map(() => idle.take())); // each ends the micro-batch that it is at
      await Promise.all(resting.map((thread) => thread.close()));
    },
  };
}

function readOnnxruntimeVersion(): string {
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version;
}
