import { expect, test } from 'vitest';
import { joinRanges, scaleOf } from '../../../backbones/quantize/activation-range.js';
import { cosine } from '../../../backbones/quantize/cosine.js';
import { widenRanges } from '../../../backbones/quantize/observe-ranges.js';
import { quantizeBias, quantizeKernel } from '../../../backbones/quantize/quantized-weights.js';

test('a range after Relu has the zero point 0, a range on both sides one in between, and 0 stays exact', () => {
  expect(scaleOf({ min: 0, max: 510 })).toEqual({ scale: 2, zeroPoint: 0 });
  expect(scaleOf({ min: 3, max: 510 })).toEqual({ scale: 2, zeroPoint: 0 });
  expect(scaleOf({ min: -51, max: 204 })).toEqual({ scale: 1, zeroPoint: 51 });
  expect(scaleOf({ min: -510, max: -3 })).toEqual({ scale: 2, zeroPoint: 255 });
  expect(scaleOf({ min: 0, max: 0 })).toEqual({ scale: 1, zeroPoint: 0 });
  const { scale } = scaleOf({ min: 0, max: 0.1 });
  expect(scale).toBe(Math.fround(scale));
});

test('every output channel has the scale of its own largest weight', () => {
  const kernel = Float32Array.of(1, -127, 0, 0.001, 0.00025, -0.0006);
  const { values, scales } = quantizeKernel(kernel, 2, undefined, { inputScale: 1, limit: 127 });
  expect([...scales]).toEqual([1, Math.fround(Math.fround(0.001) / 127)]);
  expect([...values]).toEqual([1, -127, 0, 127, 32, -76]);
});

test('weights of 7 bits stay within 64, and a channel of zeros keeps a usable scale', () => {
  const { values, scales } = quantizeKernel(Float32Array.of(5, -2, 0, 0), 2, undefined, {
    inputScale: 1,
    limit: 64,
  });
  expect([...values]).toEqual([64, -26, 0, 0]);
  expect(scales[1]).toBe(1);
});

test('a bias counts in units of input scale times kernel scale', () => {
  const { values, scales } = quantizeBias(Float32Array.of(3, -1), Float32Array.of(0.5, 0.25), 0.5);
  expect([...scales]).toEqual([0.25, 0.125]);
  expect([...values]).toEqual([12, -8]);
});

test('a large bias over tiny weights widens the scale instead of overflowing 32 bits', () => {
  const bias = Float32Array.of(1000);
  const { scales } = quantizeKernel(Float32Array.of(1e-9), 1, bias, { inputScale: 0.01, limit: 127 });
  const quantized = quantizeBias(bias, scales, 0.01);
  expect(quantized.values[0]).toBeLessThanOrEqual(2 ** 30);
  expect((quantized.values[0] ?? 0) * (quantized.scales[0] ?? 0)).toBeCloseTo(1000, 3);
});

test('ranges widen picture by picture, and one that is not finite is refused by name', () => {
  expect(joinRanges({ min: -1, max: 2 }, { min: 0, max: 3 })).toEqual({ min: -1, max: 3 });
  const first = widenRanges(new Map(), ['x'], (name) => (name === 'x/least' ? -1 : 2));
  const second = widenRanges(first, ['x'], (name) => (name === 'x/least' ? -4 : 1));
  expect(second.get('x')).toEqual({ min: -4, max: 2 });
  expect(() => widenRanges(second, ['x'], () => Infinity)).toThrow(
    'Value "x" of the network runs from Infinity',
  );
  expect(() => widenRanges(second, ['x'], () => undefined)).toThrow('NaN');
});

test('the cosine tells direction apart from length', () => {
  expect(cosine([1, 0], [5, 0])).toBe(1);
  expect(cosine([1, 0], [0, 1])).toBe(0);
  expect(cosine([1, 0], [-2, 0])).toBe(-1);
  expect(cosine([0, 0], [0, 0])).toBe(1);
  expect(cosine([0, 0], [0, 1])).toBe(0);
});
