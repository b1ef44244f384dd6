import type { Backbone } from '../../backbones/backbone.js';
import { createDecoder } from '../decode/decode.js';
import { type EngineOptions, resolveEngineOptions } from '../choice/engine-options.js';
import { ExtractorClosed } from './extractor-closed.js';
import type { ExtractionResult, FeatureExtractor } from '../feature-extractor.js';
import { createMicroBatchRunner } from '../batching/micro-batch.js';
import { type ExtractOptions, runInMicroBatches } from '../batching/micro-batches.js';
import { networkBytes } from '../choice/network-bytes.js';
import { openEngine } from '../thread/open-engine.js';
import { type PictureQueue, asQueue } from '../batching/picture-queue.js';

/** An extractor in this process, which also takes pictures that are still on their way. */
export interface LocalExtractor extends FeatureExtractor {
  extractQueue(pictures: PictureQueue, options?: ExtractOptions): Promise<ExtractionResult>;
}

/**
 * Opens an extractor whose decoding and inference run in this process: a native crash takes the process with it. Workers
 * and the CLI want `createSupervisedExtractor`.
 *
 * @throws EngineUnavailable where the network cannot be run here.
 */
export async function createLocalExtractor(
  backbone: Backbone,
  options: EngineOptions = {},
): Promise<LocalExtractor> {
  const resolved = resolveEngineOptions(options, {}, networkBytes(backbone));
  const engine = await openEngine(backbone, resolved);
  const { inputSize, dimensions } = backbone;
  const { decoders, tensors } = resolved;
  const decode = createDecoder(backbone.recipe);
  const runPicture = createMicroBatchRunner({ engine, decode, inputSize, dimensions, decoders, tensors });
  const calls = new Set<AbortController>();
  let closing: Promise<void> | undefined;

  const extractQueue = async (pictures: PictureQueue, callOptions?: ExtractOptions) => {
    if (closing !== undefined) throw new ExtractorClosed();
    const stop = new AbortController();
    calls.add(stop);
    try {
      return await runInMicroBatches(pictures, runPicture, callOptions, stop);
    } finally {
      calls.delete(stop);
    }
  };
  const close = async () => {
    for (const call of calls) call.abort(new ExtractorClosed());
    await engine.close();
  };
  return {
    engine: engine.description,
    dimensions,
    extract: (pictures, callOptions) => extractQueue(asQueue(pictures), callOptions),
    extractQueue,
    close: () => (closing ??= close()),
  };
}
