import { expect, test } from 'vitest';
import { compareFeature } from '../../verification/compare-feature.js';

const computed = (...numbers: readonly number[]) => ({
  kind: 'feature' as const,
  vector: Float32Array.from(numbers),
});

test('a rounding difference is within the tolerance, a greater one is told in standard deviations', () => {
  const image = computed(1, -1, 1, -1);
  expect(compareFeature(image, Float32Array.of(1.0005, -1, 1, -1)).problem).toBeUndefined();
  const { difference, problem } = compareFeature(image, Float32Array.of(1.5, -1, 1, -1));
  expect(difference).toBeCloseTo(0.5);
  expect(problem).toContain('0.500 standard deviations');
});

test('one wild number does not hide itself by making the deviation large', () => {
  expect(compareFeature(computed(1, -1), Float32Array.of(1e30, -1)).problem).toBeDefined();
});

test('what is not finite never passes', () => {
  expect(compareFeature(computed(1, -1), Float32Array.of(Number.NaN, -1)).difference).toBe(Infinity);
  expect(compareFeature(computed(1, -1), Float32Array.of(1, Infinity)).problem).toBeDefined();
});

test('a constant feature must be met exactly', () => {
  expect(compareFeature(computed(0, 0), Float32Array.of(0, 0)).problem).toBeUndefined();
  expect(compareFeature(computed(0, 0), Float32Array.of(0, 1e-9)).problem).toBeDefined();
});

test('another length, and a picture that is refused now, do not compare', () => {
  expect(compareFeature(computed(1, 2), Float32Array.of(1)).problem).toBe('expected 2 numbers, found 1');
  expect(compareFeature({ kind: 'refused', reason: 'is a GIF' }, Float32Array.of(1)).problem).toContain(
    'it is a GIF',
  );
});
