import { requireCudaProvider } from '../onnx/cuda-provider.js';
import { describeEngine } from './describe-engine.js';
import type { EngineKind } from './engine-kind.js';

/**
 * Makes sure that an engine is installed, before work begins that would need it. Whether it starts, and runs a certain
 * network, shows when it is opened.
 *
 * @throws EngineUnavailable with what to install.
 */
export function requireEngine(engine: EngineKind): void {
  describeEngine({ engine, threads: 1 });
  if (engine === 'onnx-cuda') requireCudaProvider();
}
