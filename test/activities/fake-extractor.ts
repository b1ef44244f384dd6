import { setImmediate as turn } from 'node:timers/promises';
import type { Backbone } from '../../backbones/backbone.js';
import { CROP_BICUBIC } from '../../backbones/recipes.js';
import type { ExtractedImage, FeatureExtractor } from '../../engines/feature-extractor.js';
import { asQueue } from '../../engines/batching/picture-queue.js';
import { FINGERPRINT, imageHash } from '../support/feature-fixtures.js';

export const BACKBONE: Backbone = {
  name: 'fake',
  title: 'Fake network',
  file: '/nowhere/fake.onnx',
  sha256: 'b'.repeat(64),
  dimensions: 3,
  inputSize: 224,
  recipe: CROP_BICUBIC,
  licence: 'none',
  fingerprint: FINGERPRINT,
};

export interface FakeExtractor extends FeatureExtractor {
  /** Names of the pictures of each call. */
  readonly calls: readonly (readonly string[])[];
}

/** A feature that tells food from the rest, and every picture from every other; `salt` is another machine's rounding. */
export function mealFeature(name: string, salt = 0): ExtractedImage {
  const own = Number.parseInt(imageHash(name).slice(0, 4), 16) / 65_536;
  return { kind: 'feature', vector: Float32Array.of(name.startsWith('food') ? 1 : -1, own, salt) };
}

/** Reads a picture's bytes as its name and answers what `see` makes of it. */
export function createFakeExtractor(see: (name: string) => ExtractedImage = mealFeature): FakeExtractor {
  const calls: string[][] = [];
  return {
    calls,
    engine: { name: 'fake', version: 'fake 1', threads: 1 },
    dimensions: BACKBONE.dimensions,
    async extract(pictures, { signal, onProgress } = {}) {
      const queue = asQueue(pictures);
      const reads = Array.from({ length: queue.count }, async (_, index) => queue.read(index));
      const names = (await Promise.all(reads)).map((bytes) => Buffer.from(bytes).toString());
      calls.push(names);
      const images: ExtractedImage[] = [];
      for (const name of names) {
        await turn();
        signal?.throwIfAborted();
        images.push(see(name));
        onProgress?.(images.length);
      }
      return { images, seconds: { decode: 1, inference: 2 } };
    },
    close: () => Promise.resolve(),
  };
}

export const extractorsOf = (extractor: FeatureExtractor) => ({
  get: () => Promise.resolve({ backbone: BACKBONE, extractor }),
});
