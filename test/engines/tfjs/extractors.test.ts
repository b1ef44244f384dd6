import { createLocalExtractor } from '../../../engines/extractor/local-extractor.js';
import { createSupervisedExtractor } from '../../../engines/extractor/supervised-extractor.js';
import { describeExtractor, type OpenExtractor } from '../conformance.js';
import { openMiniVgg16 } from '../known-networks.js';

const network = await openMiniVgg16();
const engine = 'tfjs';

const extractors: readonly (readonly [name: string, open: OpenExtractor])[] = [
  ['the local extractor', (options) => createLocalExtractor(network.backbone, { engine, ...options })],
  [
    'the supervised extractor',
    (options) => Promise.resolve(createSupervisedExtractor(network.backbone, { engine, ...options })),
  ],
];
for (const [name, open] of extractors) describeExtractor({ name, network, engine, acrossSizes: 0, open });
