import { expect, test } from 'vitest';
import { createLocalExtractor } from '../../engines/extractor/local-extractor.js';
import { describeExtractor } from './conformance.js';
import { openEfficientNet, openMiniVgg16 } from './known-networks.js';

const efficientNet = await openEfficientNet();
const { backbone } = efficientNet;

for (const network of [efficientNet, await openMiniVgg16()])
  describeExtractor({
    name: 'the local extractor',
    network,
    engine: 'onnx-cpu',
    acrossSizes: 0,
    open: (options) => createLocalExtractor(network.backbone, options),
  });

test('a network with another output than declared is refused with both shapes', async () => {
  await expect(createLocalExtractor({ ...backbone, dimensions: 4096 })).rejects.toThrow(
    'another output than declared: expected one float32 [N, 4096], received float32 [N, 1280]',
  );
});

test('a network with another input than declared is refused with both shapes', async () => {
  await expect(createLocalExtractor({ ...backbone, inputSize: 299 })).rejects.toThrow(
    'another input than declared: expected one uint8 [N, 299, 299, 3], received uint8 [N, 224, 224, 3]',
  );
});
