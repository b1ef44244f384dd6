import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Backbone } from '../../backbones/backbone.js';
import { computeFingerprint } from '../../backbones/fingerprint.js';
import { importVgg } from '../../backbones/keras/import-vgg.js';
import { resolveBackbone } from '../../backbones/registry.js';
import { differenceInDeviations } from './differences.js';
import { cosine, FIXTURES, readFixtureFeatures } from './pictures.js';

/** A network whose features of the six pictures another library has computed. */
export interface KnownNetwork {
  readonly backbone: Backbone;
  /** In the order of FIXTURES. */
  readFeatures(): Promise<readonly Float32Array[]>;
  /** How far a vector is from the expected one. */
  errorOf(received: Float32Array, expected: Float32Array): number;
  /** The greatest error that is accepted. */
  readonly tolerance: number;
}

/** EfficientNet-Lite0 over Pillow's pictures, by onnxruntime in Python; Graft's resizing differs by a level here and there. */
export async function openEfficientNet(): Promise<KnownNetwork> {
  return {
    backbone: await resolveBackbone('efficientnet-lite0'),
    readFeatures: readFixtureFeatures,
    errorOf: (received, expected) => 1 - cosine(received, expected),
    tolerance: 0.005,
  };
}

/**
 * VGG16 of synthetic weights over `load_img(target_size=(224, 224))`, by Keras: `vgg16-mini` in the project,
 * `vgg16-full` beside it.
 */
export async function openVgg16(folder: string, stem: 'vgg16-mini' | 'vgg16-full'): Promise<KnownNetwork> {
  const draft = await importVgg({ kind: 'vgg16', file: join(folder, `${stem}.h5`), name: stem });
  const scratch = await mkdtemp(join(tmpdir(), 'graft-network-'));
  afterAll(() => rm(scratch, { recursive: true, force: true }));
  const file = join(scratch, `${stem}.onnx`);
  await writeFile(file, draft.onnx);
  const sha256 = createHash('sha256').update(draft.onnx).digest('hex');
  const { name, title, dimensions, inputSize, recipe, licence } = draft;
  const fingerprint = computeFingerprint({ backbone: sha256, recipe });
  return {
    backbone: { name, title, file, sha256, dimensions, inputSize, recipe, licence, fingerprint },
    readFeatures: async () => {
      const bytes = await readFile(join(folder, `${stem}.features.f32`));
      const all = new Float32Array(new Uint8Array(bytes).buffer);
      return FIXTURES.map((_, at) => all.slice(at * dimensions, (at + 1) * dimensions));
    },
    errorOf: differenceInDeviations,
    tolerance: 1e-3,
  };
}

export const openMiniVgg16 = (): Promise<KnownNetwork> => openVgg16('test/fixtures/vgg16', 'vgg16-mini');
