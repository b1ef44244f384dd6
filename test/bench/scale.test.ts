import { expect, test } from 'vitest';
import { projectScale } from '../../bench/harness/scale-projection.js';
import { measureScale } from '../../bench/harness/scale-run.js';

test('a run over pictures that nobody has accounts for all of them, with at most six events a batch', async () => {
  const measured = await measureScale({ batches: 30, batchSize: 8, window: 4, seed: 7, parts: 10 });
  expect(measured.receipt).toMatchObject({ images: 240, features: 240, missing: 0, batches: 30 });
  expect(measured.children).toHaveLength(1);
  expect(measured.children[0]?.events).toBeGreaterThan(3 * 30);
  expect(measured.children[0]?.events).toBeLessThan(6 * 30 + 20);
  expect(measured.objects.get('features/shards')).toBe(30);
  expect(measured.objects.get('features/index')).toBe(1);
  expect(measured.samples.map(({ batches }) => batches)).toEqual([
    1, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 30,
  ]);
});

test('a million pictures make sixteen children and a parent of a few thousand events', () => {
  const rates = { stageEvents: 60, eventsPerBatch: 4.2, requestsPerBatch: 2 };
  const million = projectScale(1_000_000, 64, rates);
  expect(million).toMatchObject({ batches: 15_625, children: 16, objects: 15_643, requests: 1_031_250 });
  expect(million.parentEvents).toBeLessThan(4_000);
  expect(million.childEvents).toBe(4_200);
});
