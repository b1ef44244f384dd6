import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatInstant,
  formatPercent,
  formatPoints,
  formatScore,
  formatSeconds,
} from '../../report/numbers.js';

const plain = (text: string): string => text.replaceAll('\u202F', ' ');

describe('numbers for people', () => {
  test.each([
    [0.9219, '92.2 %'],
    [0, '0 %'],
    [1, '100 %'],
    [0.9996, '99.96 %'],
    [0.00004, '0.004 %'],
    [1 - 1e-12, '100.000000 %'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('the share %s reads %s', (share, text) => expect(plain(formatPercent(share))).toBe(text));

  test('points are signed, and nothing has no sign', () => {
    expect([0.0081, -0.01, 0, -0.00001, null].map(formatPoints)).toEqual([
      ...['+0.81', '−1.00', '0.00', '0.00', '–'],
    ]);
  });

  test.each([
    [0.001, '< 0.1 s'],
    [1.94, '1.9 s'],
    [59.97, '1 min 00 s'],
    [247, '4 min 07 s'],
    [7380, '2 h 03 min'],
    [undefined, '–'],
  ])('%s seconds read %s', (seconds, text) => expect(plain(formatSeconds(seconds))).toBe(text));

  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [48_213, '48.2 kB'],
    [3.4e15, '3400.0 TB'],
  ])('%s bytes read %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));

  test('scores have four decimals, counts have thousands', () => {
    expect([formatScore(0.5), formatScore(null), formatCount(1480), formatCount(null)]).toEqual([
      '0.5000',
      '–',
      '1,480',
      '–',
    ]);
  });

  test('an instant is cut to the minute, and what is none is left alone', () => {
    expect(formatInstant('2025-11-23T18:14:07.123Z')).toBe('2025-11-23 18:14 UTC');
    expect(formatInstant('yesterday')).toBe('yesterday');
  });
});
