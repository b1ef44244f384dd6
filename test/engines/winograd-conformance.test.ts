import { expect, test } from 'vitest';
import { createLocalExtractor } from '../../engines/extractor/local-extractor.js';
import type { WinogradUse } from '../../engines/onnx/plan-rewriting.js';
import { describeExtractor } from './conformance.js';
import { differenceInDeviations } from './differences.js';
import { openMiniVgg16 } from './known-networks.js';
import { makeJpegs } from './pictures.js';

/** Its channels are too few for Winograd's algorithm to pay, so it is asked for; tiles of 4 in four blocks, of 2 in the last. */
const network = await openMiniVgg16();

describeExtractor({
  name: "the local extractor with Winograd's algorithm",
  network,
  engine: 'onnx-cpu',
  acrossSizes: 0,
  open: (options) => createLocalExtractor(network.backbone, { ...options, winograd: 'everywhere' }),
});

async function extractFeatures(winograd: WinogradUse): Promise<Float32Array> {
  const extractor = await createLocalExtractor(network.backbone, { winograd });
  try {
    const [image] = (await extractor.extract(await makeJpegs(1))).images;
    if (image?.kind !== 'feature') throw new Error(`Expected a feature, received ${JSON.stringify(image)}.`);
    return image.vector;
  } finally {
    await extractor.close();
  }
}

test('the engine computes by Winograd’s algorithm where it is told to, which changes rounding and no more', async () => {
  const [everywhere, nowhere] = [await extractFeatures('everywhere'), await extractFeatures('nowhere')];
  expect(everywhere).not.toEqual(nowhere);
  expect(differenceInDeviations(everywhere, nowhere)).toBeLessThanOrEqual(1e-4);
  expect(await extractFeatures('where-faster')).toEqual(nowhere);
});
