import type { Backbone } from '../../backbones/backbone.js';
import { readModelFile } from '../../backbones/model-file.js';
import type { EngineKind } from './engine-kind.js';
import { requireEngine } from './require-engine.js';

/**
 * Makes sure that an engine is installed and is made for a network, before anything is started for the two. onnxruntime
 * runs every backbone, so its file is not even fetched.
 *
 * @param resolveBackbone gives the backbone with its file on this machine.
 * @throws EngineUnavailable with what to use instead; what `resolveBackbone` throws; BackboneDamaged.
 */
export async function assertRuns(
  engine: EngineKind,
  resolveBackbone: () => Promise<Backbone>,
): Promise<void> {
  requireEngine(engine);
  if (engine !== 'tfjs') return;
  const backbone = await resolveBackbone();
  const { readPlan } = await import('../tfjs/read-plan.js');
  readPlan(backbone, await readModelFile(backbone));
}
