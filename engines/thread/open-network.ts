import type { Backbone } from '../../backbones/backbone.js';
import type { EngineKind } from '../choice/engine-kind.js';
import type { ResolvedEngineOptions } from '../choice/engine-options.js';
import type { Network } from './network.js';

/** How onnxruntime computes one copy of the network; TensorFlow.js chooses for itself. */
type NetworkOptions = Pick<
  ResolvedEngineOptions,
  'threads' | 'spinning' | 'winograd' | 'microBatch' | 'sizing'
>;

/**
 * Loads a backbone into an engine, on the calling thread. The engine's library is loaded here and not before.
 *
 * @throws EngineUnavailable where the engine is not installed here or does not run this network; BackboneDamaged.
 */
export async function openNetwork(
  engine: EngineKind,
  backbone: Backbone,
  { threads, spinning, winograd, microBatch, sizing }: NetworkOptions,
): Promise<Network> {
  if (engine === 'tfjs') {
    const { openTfjsNetwork } = await import('../tfjs/tfjs-network.js');
    return openTfjsNetwork(backbone);
  }
  const { openOnnxSession } = await import('../onnx/onnx-session.js');
  const rewriting = { winograd, microBatch: sizing === 'fixed' ? microBatch : 1 }; // a size that will change is not built in
  return openOnnxSession(backbone, threads, engine === 'onnx-cuda' ? 'cuda' : 'cpu', spinning, rewriting);
}
