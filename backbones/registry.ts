import { join } from 'node:path';
import { BadInput } from '../errors/graft-error.js';
import { packageRoot } from '../runs/package-root.js';
import type { Backbone } from './backbone.js';
import { computeFingerprint } from './fingerprint.js';
import { readModelFile } from './model-file.js';
import { CROP_BICUBIC } from './recipes.js';

/** A backbone as it is known before its file has been found. */
type KnownBackbone = Omit<Backbone, 'fingerprint'>;

const KNOWN: readonly KnownBackbone[] = [
  {
    name: 'efficientnet-lite0',
    title: 'EfficientNet-Lite0',
    file: join(packageRoot, 'models/efficientnet-lite0.onnx'),
    sha256: 'e0944b1a97c4a411927dbcf5494dd2dfc328f1effa6c5835a7289e2b00d58002',
    dimensions: 1280,
    inputSize: CROP_BICUBIC.crop,
    recipe: CROP_BICUBIC,
    licence: 'Apache-2.0',
  },
];

/** Names of the backbones that come with Graft, the default first. */
export const BACKBONE_NAMES: readonly string[] = KNOWN.map(({ name }) => name);

/**
 * Finds a backbone by name and checks its file.
 *
 * @throws BadInput for a name that nobody knows; BackboneDamaged where the file is missing or is another one.
 */
export async function resolveBackbone(name: string): Promise<Backbone> {
  const known = KNOWN.find((candidate) => candidate.name === name);
  if (known === undefined)
    throw new BadInput(
      `backbone: expected one of ${BACKBONE_NAMES.join(', ')}; received ${JSON.stringify(name)}.`,
    );
  await readModelFile(known);
  const { sha256, recipe } = known;
  return { ...known, fingerprint: computeFingerprint({ backbone: sha256, recipe }) };
}
