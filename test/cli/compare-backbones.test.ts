import { expect, test } from 'vitest';
import { compareVectors, validationAccuracy } from '../../cli/compare-backbones.js';
import type { IndexRow, SplitName } from '../../dataset/dataset.js';
import { fitLogisticRegression } from '../../heads/logistic-regression.js';

const fitPool = {
  fit: (...[features, labels, classes, settings]: Parameters<typeof fitLogisticRegression>) =>
    Promise.resolve(fitLogisticRegression(features, labels, classes, settings)),
  close: () => Promise.resolve(),
};

const row = (sha256: string, split: SplitName, name: string): IndexRow => ({
  key: sha256,
  split,
  class: name,
  sha256,
  bytes: 1,
  width: 1,
  height: 1,
});

const ROWS = [
  row('a', 'training', 'cake'),
  row('b', 'training', 'stone'),
  row('c', 'validation', 'cake'),
  row('d', 'validation', 'stone'),
  row('e', 'validation', 'stone'),
];

const vectors = (numbers: Readonly<Record<string, readonly number[]>>) =>
  new Map(Object.entries(numbers).map(([sha256, vector]) => [sha256, Float32Array.from(vector)]));

test('cosines are taken over the pictures that have both features', () => {
  const own = vectors({ a: [1, 0], b: [1, 1], c: [0, 3] });
  const against = vectors({ a: [2, 0], b: [0, 1], d: [1, 1] });
  const { mean, least } = compareVectors(own, against);
  expect(mean).toBeCloseTo((1 + Math.SQRT1_2) / 2, 12);
  expect(least).toBeCloseTo(Math.SQRT1_2, 12);
  expect(() => compareVectors(own, new Map())).toThrow('No picture has a feature of both backbones');
});

test('accuracy is that on validation pictures of a head that saw only training pictures', async () => {
  const classes = ['cake', 'stone'];
  const good = vectors({ a: [-1], b: [1], c: [-2], d: [3], e: [1] });
  expect(await validationAccuracy(ROWS, good, classes, fitPool)).toBe(1);
  const worse = vectors({ a: [-1], b: [1], c: [2], d: [3], e: [1] });
  expect(await validationAccuracy(ROWS, worse, classes, fitPool)).toBeCloseTo(2 / 3, 12);
});

test('a picture without a feature counts neither for nor against', async () => {
  const some = vectors({ a: [-1], b: [1], d: [3] });
  expect(await validationAccuracy(ROWS, some, ['cake', 'stone'], fitPool)).toBe(1);
});
