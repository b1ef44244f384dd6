import { join } from 'node:path';
import { expect } from 'vitest';
import type { EngineKind } from '../../engines/choice/engine-kind.js';
import { createLocalExtractor } from '../../engines/extractor/local-extractor.js';
import { needs, testWith } from '../support/needs.js';
import { openVgg16 } from './known-networks.js';
import { FIXTURES, readFixtures } from './pictures.js';

const ENGINES: readonly EngineKind[] = ['onnx-cpu', 'tfjs'];

for (const engine of ENGINES)
  testWith(
    [needs.shared],
    `VGG16 in full size gives Keras' features of Keras' pictures on ${engine}`,
    async ([shared = '']) => {
      const network = await openVgg16(join(shared, 'fixtures/vgg16'), 'vgg16-full');
      const expected = await network.readFeatures();
      const extractor = await createLocalExtractor(network.backbone, { engine });
      try {
        const { images } = await extractor.extract(await readFixtures());
        FIXTURES.forEach((fixture, at) => {
          const [image, features] = [images[at], expected[at] ?? new Float32Array()];
          const vector = image?.kind === 'feature' ? image.vector : new Float32Array();
          expect(network.errorOf(vector, features), fixture).toBeLessThanOrEqual(network.tolerance);
        });
      } finally {
        await extractor.close();
      }
    },
    240_000,
  );
