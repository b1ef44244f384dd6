import { expect, test } from 'vitest';
import { measureSpeed } from '../../workflows/measured-speed.js';
import { openProgress } from '../../workflows/progress.js';

/** Marks from (seconds, pictures) pairs. */
const speedOf = (...marks: readonly (readonly [number, number])[]) =>
  measureSpeed({
    ...openProgress('r', 'd', 'b'),
    pace: marks.map(([seconds, pictures]) => ({ at: 1_000_000 + seconds * 1_000, pictures })),
  });

test('is what the last messages tell', () => {
  expect(speedOf([0, 0], [1, 100], [2, 200], [4, 400])).toEqual({ imagesPerSecond: 100 });
});

test('leaves out an interval in which the run was paused or its workers were away', () => {
  const steady = Array.from({ length: 8 }, (_, at) => [at, at * 100] as const);
  expect(speedOf(...steady, [100_000, 800], [100_001, 900])).toEqual({ imagesPerSecond: 100 });
});

test('leaves out what lay before the run went on that had waited for somebody, however few messages there are', () => {
  const pace = [
    { at: 0, pictures: 0 },
    { at: 10_000, pictures: 100 },
    { at: 300_000, pictures: 100, afresh: true },
    { at: 310_000, pictures: 200 },
  ] as const;
  expect(measureSpeed({ ...openProgress('r', 'd', 'b'), pace })).toEqual({ imagesPerSecond: 10 });
});

test('keeps the pauses between batches that end together', () => {
  expect(speedOf([0, 0], [3, 100], [3, 200], [3, 300], [6, 400], [6, 500], [6, 600])).toEqual({
    imagesPerSecond: 100,
  });
});

test('counts a message without pictures with the next', () => {
  expect(speedOf([0, 0], [1, 0], [2, 100])).toEqual({ imagesPerSecond: 50 });
});

test('is unknown where nothing was computed', () => {
  expect(speedOf()).toEqual({});
  expect(speedOf([0, 0], [1, 0])).toEqual({});
});
