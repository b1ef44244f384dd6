import { join } from 'node:path';
import { packageRoot } from '../runs/package-root.js';
import type { Backbone } from './backbone.js';
import { computeFingerprint } from './fingerprint.js';
import { CROP_BICUBIC, CROP_BICUBIC_FAST } from './recipes.js';

const EFFICIENTNET_LITE0: Omit<Backbone, 'fingerprint'> = {
  name: 'efficientnet-lite0',
  title: 'EfficientNet-Lite0',
  file: join(packageRoot, 'models/efficientnet-lite0.onnx'),
  sha256: 'e0944b1a97c4a411927dbcf5494dd2dfc328f1effa6c5835a7289e2b00d58002',
  dimensions: 1280,
  inputSize: CROP_BICUBIC.crop,
  recipe: CROP_BICUBIC,
  licence: 'Apache-2.0',
};

const BUNDLED: readonly Omit<Backbone, 'fingerprint'>[] = [
  EFFICIENTNET_LITE0,
  { ...EFFICIENTNET_LITE0, name: 'efficientnet-lite0-fast', recipe: CROP_BICUBIC_FAST },
];

/** Names of the backbones that come with Graft, the default first. */
export const BACKBONE_NAMES: readonly string[] = BUNDLED.map(({ name }) => name);

/** The backbone of that name that comes with Graft; its file is not looked at. `undefined` where there is none. */
export function findBundled(name: string): Backbone | undefined {
  const bundled = BUNDLED.find((candidate) => candidate.name === name);
  if (bundled === undefined) return undefined;
  const { sha256, recipe } = bundled;
  return { ...bundled, fingerprint: computeFingerprint({ backbone: sha256, recipe }) };
}
