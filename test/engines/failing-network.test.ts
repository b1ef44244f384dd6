import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Backbone } from '../../backbones/backbone.js';
import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../../backbones/onnx/build.js';
import { encodeModel } from '../../backbones/onnx/codec.js';
import { DATA_TYPE } from '../../backbones/onnx/model.js';
import { createSupervisedExtractor } from '../../engines/extractor/supervised-extractor.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { openEfficientNet } from './known-networks.js';
import { makeJpegs } from './pictures.js';

test('a network that fails while it runs costs its process, is retried, and says why', async () => {
  const extractor = createSupervisedExtractor(await makeFailing());
  const failure: unknown = await extractor.extract(await makeJpegs(1)).catch((error: unknown) => error);
  await expect.poll(() => extractor.pid).toBeUndefined();
  await extractor.close();
  expect(failure).toMatchObject({ retryable: true });
  expect(String(failure)).toMatch(/The network failed while it ran: .*indices/);
});

/** Looks each byte up in a table that holds only some of them. */
async function makeFailing(): Promise<Backbone> {
  const { backbone } = await openEfficientNet();
  const side = backbone.inputSize;
  const dimensions = side * side * 3;
  const graph = makeGraph('failing', {
    node: [
      makeNode('Flatten', ['image'], 'flat'),
      makeNode('Cast', ['flat'], 'indices', { to: DATA_TYPE.int64 }),
      makeNode('Gather', ['table', 'indices'], 'features'),
    ],
    initializer: [makeTensor('table', [2], Float32Array.of(0, 1))],
    input: [makeValue('image', DATA_TYPE.uint8, ['N', side, side, 3])],
    output: [makeValue('features', DATA_TYPE.float, ['N', dimensions])],
  });
  const bytes = encodeModel(makeModel(graph));
  const file = join(await temporaryFolder(), 'failing.onnx');
  await writeFile(file, bytes);
  return { ...backbone, file, dimensions, sha256: createHash('sha256').update(bytes).digest('hex') };
}
