import { expect, test } from 'vitest';
import { createFailedBatches } from '../../workflows/failed-batches.js';

const failed = (id: string, images = 5) => ({ id, images, cause: 'changed' });

test('failed batches are taken by name or all at once, with the segment that they belong to', () => {
  const batches = createFailedBatches();
  batches.add(0, [failed('training-0001'), failed('training-0002')]);
  batches.add(3, [failed('evaluation-0000')]);
  expect(batches.count).toBe(3);
  expect([...batches.take(['training-0002'])]).toEqual([[0, [failed('training-0002')]]]);
  expect(batches.has('training-0002')).toBe(false);
  expect([...batches.take()]).toEqual([
    [0, [failed('training-0001')]],
    [3, [failed('evaluation-0000')]],
  ]);
  expect(batches.count).toBe(0);
  expect(batches.take().size).toBe(0);
});

test('two halves of one batch are one failed batch', () => {
  const batches = createFailedBatches();
  batches.add(0, [failed('training-0001', 3), failed('training-0001', 2)]);
  expect(batches.all()).toEqual([failed('training-0001', 5)]);
});
