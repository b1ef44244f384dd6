import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backbone } from '../backbones/backbone.js';
import { computeFingerprint } from '../backbones/fingerprint.js';
import { buildVgg, VGG_SIDE, vggDimensions } from '../backbones/keras/vgg-graph.js';
import { KERAS_NEAREST } from '../backbones/recipes.js';
import { resolveBackbone } from '../backbones/registry.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';

/** A network to try an engine with: the bundled one, or for `tfjs`, which runs VGG alone, a VGG16 of one channel. */
export const findTrialBackbone = (engine: EngineKind, cacheFolder: string): Promise<Backbone> =>
  engine === 'tfjs' ? makeThinVgg(cacheFolder) : resolveBackbone('efficientnet-lite0');

async function makeThinVgg(cacheFolder: string): Promise<Backbone> {
  const layer = (channelsIn: number) => ({
    kernel: new Float32Array(9 * channelsIn).fill(0.1),
    bias: new Float32Array(1),
  });
  const onnx = buildVgg(Array.from({ length: 13 }, (_, index) => layer(index === 0 ? 3 : 1)));
  const sha256 = createHash('sha256').update(onnx).digest('hex');
  const folder = join(cacheFolder, 'backbones');
  const file = join(folder, `${sha256}.onnx`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, onnx);
  return {
    name: 'vgg16-trial',
    title: 'VGG16 of one channel',
    file,
    sha256,
    dimensions: vggDimensions(1),
    inputSize: VGG_SIDE,
    recipe: KERAS_NEAREST,
    licence: 'Apache-2.0',
    fingerprint: computeFingerprint({ backbone: sha256, recipe: KERAS_NEAREST }),
  };
}
