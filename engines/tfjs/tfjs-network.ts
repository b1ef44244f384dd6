import type { Backbone } from '../../backbones/backbone.js';
import { readModelFile } from '../../backbones/model-file.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import type { Network } from '../thread/network.js';
import { loadTfjs } from './load-tfjs.js';
import { readPlan } from './read-plan.js';
import { buildVggModel } from './vgg-model.js';

/**
 * Loads a VGG backbone into TensorFlow.js, from the weights of its ONNX file: the fingerprint covers them for every
 * engine.
 *
 * @throws EngineUnavailable where TensorFlow.js is not installed or the backbone is another network; BackboneDamaged.
 */
export async function openTfjsNetwork(backbone: Backbone): Promise<Network> {
  const plan = readPlan(backbone, await readModelFile(backbone));
  const { tf, device } = await loadTfjs();
  const model = buildVggModel(tf, plan, backbone.inputSize);
  return {
    device,
    run: async (pixels, count) => {
      const features = await model.run(pixels, count);
      if (features.length === count * backbone.dimensions) return features;
      throw new EngineUnavailable(`Backbone "${backbone.name}" gave no features of the expected shape.`);
    },
    release: () => {
      model.dispose();
      return Promise.resolve();
    },
  };
}
