import { createHash } from 'node:crypto';
import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import { SPLITS } from '../../dataset/dataset.js';
import { ReceiptContradiction, type ReceiptInput, buildReceipt } from '../../features/build-receipt.js';
import { imageHash, indexRow } from '../support/feature-fixtures.js';

const content = fc.integer({ min: 0, max: 30 }).map((number) => `image ${number}`);
const input: fc.Arbitrary<ReceiptInput> = fc
  .record({
    rows: fc.array(
      fc
        .record({ image: content, split: fc.constantFrom(...SPLITS) })
        .map(({ image, split }) => indexRow(image, { split })),
    ),
    quarantined: fc.array(
      fc.record({
        path: fc.string(),
        sha256: fc.oneof(fc.constant(''), content.map(imageHash)),
        reason: fc.string({ unit: 'binary' }),
      }),
    ),
    featured: fc.array(content),
    refused: fc.array(fc.tuple(content.map(imageHash), fc.string())).map((entries) => new Map(entries)),
    batches: fc.nat(),
    failedBatches: fc.nat(),
  })
  .map(({ featured, ...more }) => ({
    ...more,
    reused: 0,
    features: new Map(
      featured.map((image) => [imageHash(image), { featureSha256: imageHash(`feature of ${image}`) }]),
    ),
  }));

test('every picture is a feature, quarantined or missing, whatever happened', () =>
  fc.assert(
    fc.property(input, (given) => {
      const receipt = buildReceipt(given);
      expect(receipt.features + receipt.quarantined + receipt.missing).toBe(receipt.images);
      expect(receipt.images).toBe(given.rows.length + given.quarantined.length);
      expect(receipt.computed + receipt.reused).toBeLessThanOrEqual(receipt.unique);
    }),
  ));

test('the content hash depends on nothing but what became of each picture', () =>
  fc.assert(
    fc.property(input, (given) => {
      const otherwise: ReceiptInput = {
        ...given,
        rows: given.rows
          .toReversed()
          .map((row) => ({ ...row, split: 'evaluation', class: 'other', key: 'elsewhere' })),
        quarantined: given.quarantined.toReversed(),
        batches: given.batches + 1,
        failedBatches: given.failedBatches + 3,
      };
      expect(buildReceipt(otherwise).contentHash).toBe(buildReceipt(given).contentHash);
    }),
  ));

const base: ReceiptInput = {
  rows: [indexRow('a'), indexRow('a'), indexRow('b'), indexRow('c')],
  quarantined: [{ path: 'x/é "q".jpg', sha256: '', reason: 'is empty' }],
  features: new Map([[imageHash('a'), { featureSha256: imageHash('feature') }]]),
  refused: new Map([[imageHash('b'), 'ends early']]),
  reused: 0,
  batches: 2,
  failedBatches: 1,
};

test('the content hash is the one that docs/formats.md describes', () => {
  const lines = [
    `["${imageHash('a')}","feature","${imageHash('feature')}"]\n`,
    `["${imageHash('a')}","feature","${imageHash('feature')}"]\n`,
    `["${imageHash('b')}","quarantined","ends early"]\n`,
    `["${imageHash('c')}","missing"]\n`,
    '["path:x/é \\"q\\".jpg","quarantined","is empty"]\n',
  ].toSorted();
  expect(buildReceipt(base)).toEqual({
    images: 5,
    unique: 3,
    features: 2,
    quarantined: 2,
    missing: 1,
    computed: 1,
    reused: 0,
    batches: 2,
    failedBatches: 1,
    contentHash: createHash('sha256').update(lines.join('')).digest('hex'),
  });
});

test.each<[string, Partial<ReceiptInput>]>([
  ['another feature', { features: new Map([[imageHash('a'), { featureSha256: imageHash('other') }]]) }],
  ['another reason', { refused: new Map([[imageHash('b'), 'is a GIF']]) }],
  ['a missing picture found', { refused: new Map([...base.refused, [imageHash('c'), 'ends early']]) }],
  ['one picture more', { rows: [...base.rows, indexRow('a')] }],
])('%s changes the content hash', (_, change) => {
  expect(buildReceipt({ ...base, ...change }).contentHash).not.toBe(buildReceipt(base).contentHash);
});

test('a run that ends with fewer features than it began with contradicts itself', () => {
  expect(buildReceipt({ ...base, reused: 1 })).toMatchObject({ computed: 0, reused: 1 });
  expect(() => buildReceipt({ ...base, reused: 2 })).toThrow(ReceiptContradiction);
});
