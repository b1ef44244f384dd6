import { createLocalExtractor } from '../../engines/extractor/local-extractor.js';
import { needs, testWith } from '../support/needs.js';
import { describeExtractor } from './conformance.js';
import { openEfficientNet, openMiniVgg16 } from './known-networks.js';

// A GPU's library takes other ways of adding up for other sizes of micro-batches.
const acrossSizes = 1e-3;
const engine = 'onnx-cuda';

if (needs.cuda().path === undefined) {
  testWith([needs.cuda], 'onnx-cuda gives the features that onnx-cpu gives', () => undefined);
} else {
  for (const network of [await openEfficientNet(), await openMiniVgg16()])
    describeExtractor({
      name: 'the local extractor',
      network,
      engine,
      acrossSizes,
      open: (options) => createLocalExtractor(network.backbone, { engine, ...options }),
    });
}
