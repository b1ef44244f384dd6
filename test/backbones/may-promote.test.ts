import { expect, test } from 'vitest';
import { mayPromote } from '../../backbones/may-promote.js';
import type { BackboneTest } from '../../backbones/registry.js';

const FLOAT = { name: 'vgg16', fingerprint: 'ab'.repeat(32) };
const INT8 = { name: 'vgg16-int8', precision: 'int8', quantisedFrom: FLOAT } as const;

const tested = (own: number, against: number, more: Partial<BackboneTest> = {}): BackboneTest => ({
  testedAt: '2026-01-01T00:00:00.000Z',
  against: FLOAT,
  images: 1000,
  cosine: { mean: 0.999, least: 0.99 },
  accuracy: { dataset: 'food-5k', own, against },
  ...more,
});

test('a float32 backbone may always be promoted', () => {
  expect(mayPromote({ name: 'vgg16', precision: 'float32' })).toEqual({ allowed: true });
});

test('an int8 backbone that was never tested may not, nor one whose accuracy was not', () => {
  const { accuracy: _, ...cosineOnly } = tested(1, 1);
  for (const test of [undefined, cosineOnly]) {
    const promotion = mayPromote({ ...INT8, ...(test && { test }) });
    expect(promotion).toMatchObject({ allowed: false });
    expect(JSON.stringify(promotion)).toContain('Run graft backbone test vgg16-int8');
  }
});

test.each([
  [0.9, 0.9],
  [0.95, 0.9],
  [0.895, 0.9],
  [0.9875, 0.9925],
])('a validation accuracy of %d against %d is allowed: at most half a point is lost', (own, against) => {
  expect(mayPromote({ ...INT8, test: tested(own, against) })).toEqual({ allowed: true });
});

test('a loss of more than half a point is refused with both numbers', () => {
  const promotion = mayPromote({ ...INT8, test: tested(0.893, 0.9) });
  expect(promotion).toEqual({
    allowed: false,
    reason:
      'Backbone "vgg16-int8" loses 0.7 points of validation accuracy on food-5k against vgg16, more than the 0.5 that a ' +
      'quantised network may. Use vgg16, or quantise again with more pictures like yours.',
  });
});

test('a test against another network than the one it was made from does not count', () => {
  const test = tested(1, 1, { against: { name: 'other', fingerprint: 'cd'.repeat(32) } });
  expect(mayPromote({ ...INT8, test })).toMatchObject({ allowed: false });
});
