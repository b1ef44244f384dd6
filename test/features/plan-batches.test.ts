import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import { type IndexRow, SPLITS } from '../../dataset/dataset.js';
import type { Batch } from '../../features/batch.js';
import { planBatches } from '../../features/plan-batches.js';
import { indexRow } from '../support/feature-fixtures.js';

/** Few contents among many rows, so that duplicates within and across splits are the rule. */
const row = fc
  .record({
    content: fc.integer({ min: 0, max: 30 }),
    split: fc.constantFrom(...SPLITS),
    file: fc.string({ maxLength: 4 }),
    class: fc.constantFrom('food', 'non_food'),
  })
  .map(({ content, file, ...more }) =>
    indexRow(`image ${content}`, { ...more, key: `${more.split}/${more.class}/${file}` }),
  );

const plan = fc
  .record({ rows: fc.array(row, { maxLength: 80 }), batchSize: fc.integer({ min: 1, max: 12 }) })
  .chain(({ rows, batchSize }) =>
    fc.record({
      rows: fc.constant(rows),
      shuffled: fc.shuffledSubarray(rows, { minLength: rows.length }),
      batchSize: fc.constant(batchSize),
      done: fc.subarray(rows.map(({ sha256 }) => sha256)).map((hashes) => new Set(hashes)),
      refused: fc.subarray(rows.map(({ sha256 }) => sha256)).map((hashes) => new Set(hashes)),
    }),
  );

const hashesOf = (batches: readonly Batch[]) =>
  batches.flatMap(({ images }) => images.map(({ sha256 }) => sha256));

/** A plan without the files that its images are read from. */
const shapeOf = (batches: readonly Batch[]) =>
  batches.map(({ id, split, images }) => ({ id, split, images: images.map(({ sha256 }) => sha256) }));

test('every image that needs a feature is in exactly one batch, and no other is', () =>
  fc.assert(
    fc.property(plan, ({ rows, done, refused, batchSize }) => {
      const planned = hashesOf(planBatches(rows, done, refused, batchSize));
      const needed = rows.map(({ sha256 }) => sha256).filter((hash) => !done.has(hash) && !refused.has(hash));
      expect(planned.toSorted()).toEqual([...new Set(needed)].toSorted());
    }),
  ));

test('no batch is empty or larger than asked, only the last of a split is smaller, and ids are unique', () =>
  fc.assert(
    fc.property(plan, ({ rows, done, refused, batchSize }) => {
      const batches = planBatches(rows, done, refused, batchSize);
      expect(new Set(batches.map(({ id }) => id)).size).toBe(batches.length);
      for (const [at, { split, images }] of batches.entries()) {
        const last = batches[at + 1]?.split !== split;
        expect(images.length).toBeGreaterThan(0);
        expect(last ? images.length <= batchSize : images.length === batchSize).toBe(true);
      }
    }),
  ));

test('rows in another order give the same plan, other labels and names the same batches of the same contents', () =>
  fc.assert(
    fc.property(plan, ({ rows, shuffled, done, refused, batchSize }) => {
      const before = planBatches(rows, done, refused, batchSize);
      expect(planBatches(shuffled, done, refused, batchSize)).toEqual(before);
      const relabelled = rows.map((each, at) => ({
        ...each,
        class: `class ${at % 3}`,
        key: `elsewhere/${at}`,
      }));
      expect(shapeOf(planBatches(relabelled, done, refused, batchSize))).toEqual(shapeOf(before));
    }),
  ));

test('an image that several splits hold is computed with the first of them', () => {
  const rows = SPLITS.toReversed().map((split): IndexRow => indexRow('the same', { split, key: split }));
  const batches = planBatches(rows, new Set(), new Set(), 10);
  expect(batches).toEqual([
    { id: 'training-0000', split: 'training', images: [{ sha256: rows[0]?.sha256, key: 'training' }] },
  ]);
});
