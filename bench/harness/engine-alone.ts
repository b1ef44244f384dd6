import type { Backbone } from '../../backbones/backbone.js';
import { resolveEngineOptions } from '../../engines/choice/engine-options.js';
import type { InferenceEngine } from '../../engines/thread/inference-engine.js';
import { networkBytes } from '../../engines/choice/network-bytes.js';
import { openEngine } from '../../engines/thread/open-engine.js';
import type { Pass } from './pass.js';

/** A backbone in Graft's engine with the settings that a worker would have, over pictures that are decoded already. */
export interface EngineAlone {
  readonly measure: () => Promise<Pass>;
  readonly close: () => Promise<void>;
}

/** @param pixels `N × inputSize × inputSize × 3` bytes; what does not fill a micro-batch at the end is padded. */
export async function openEngineAlone(backbone: Backbone, pixels: Uint8Array): Promise<EngineAlone> {
  const engine = await openEngine(backbone, resolveEngineOptions({}, {}, networkBytes(backbone)));
  const batches = splitIntoBatches(pixels, engine.microBatch * backbone.inputSize ** 2 * 3);
  await inferAll(engine, batches.slice(0, engine.sessions));
  return {
    measure: async () => {
      const [start, before] = [performance.now(), process.cpuUsage()];
      await inferAll(engine, batches);
      const seconds = (performance.now() - start) / 1_000;
      const { user, system } = process.cpuUsage(before);
      const images = pixels.length / (backbone.inputSize ** 2 * 3);
      return { images, seconds, processorSeconds: [(user + system) / 1_000_000] };
    },
    close: () => engine.close(),
  };
}

function splitIntoBatches(pixels: Uint8Array, bytes: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(pixels.length / bytes) }, (_, at) => {
    const batch = new Uint8Array(bytes);
    batch.set(pixels.subarray(at * bytes, (at + 1) * bytes));
    return batch;
  });
}

/** All at once: the engine lets as many run as it has sessions. It takes the memory that it is given, so it gets copies. */
async function inferAll(engine: InferenceEngine, batches: readonly Uint8Array[]): Promise<void> {
  await Promise.all(batches.map((batch) => engine.infer(Uint8Array.from(batch))));
}
