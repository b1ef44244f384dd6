import { expect, test } from 'vitest';
import { assertRuns } from '../../engines/choice/assert-runs.js';
import { EngineUnavailable } from '../../engines/engine-unavailable.js';
import { createSupervisedExtractor } from '../../engines/extractor/supervised-extractor.js';
import { openEfficientNet, openMiniVgg16 } from './known-networks.js';

const { backbone: efficientNet } = await openEfficientNet();
const { backbone: vgg16 } = await openMiniVgg16();

test('tfjs is refused for a network that it does not run, and accepted for VGG', async () => {
  const refused = assertRuns('tfjs', () => Promise.resolve(efficientNet));
  await expect(refused).rejects.toThrow(EngineUnavailable);
  await assertRuns('tfjs', () => Promise.resolve(vgg16));
});

test('onnxruntime runs every backbone: none is fetched to find that out', async () => {
  await assertRuns('onnx-cpu', () => Promise.reject(new Error('fetched')));
});

test('a batch through an engine that does not run the network fails for good', async () => {
  const extractor = createSupervisedExtractor(efficientNet, { engine: 'tfjs' });
  const failure: unknown = await extractor.extract([new Uint8Array(9)]).catch((error: unknown) => error);
  await extractor.close();
  expect(failure).toMatchObject({ name: 'EngineUnavailable', retryable: false });
});
