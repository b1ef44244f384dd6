import { expect, test } from 'vitest';
import { largestDifference } from '../../chaos/compare-metrics.js';

const metrics = {
  evaluation: { accuracy: 0.9, confusion: [[3, 1]] },
  positive: 'food',
  seconds: { plan: 1 },
};

test('the largest difference of any number counts, but for the seconds', () => {
  const others = {
    ...metrics,
    evaluation: { accuracy: 0.9 + 1e-7, confusion: [[3, 1]] },
    seconds: { plan: 9 },
  };
  expect(largestDifference(metrics, metrics)).toBe(0);
  expect(largestDifference(metrics, others)).toBeCloseTo(1e-7, 12);
  expect(largestDifference(metrics, { ...metrics, evaluation: { accuracy: 0.9, confusion: [[2, 2]] } })).toBe(
    1,
  );
});

test('what one has and the other has not, or is not the same word, is infinitely far', () => {
  expect(largestDifference(metrics, { ...metrics, positive: 'non_food' })).toBe(Infinity);
  expect(largestDifference(metrics, { ...metrics, more: 0 })).toBe(Infinity);
  expect(largestDifference({ rocAuc: null }, { rocAuc: 0.5 })).toBe(Infinity);
});
