import { describe, expect, test } from 'vitest';
import { mcnemarExact } from '../../../heads/statistics/mcnemar.js';
import { differenceInterval, lowerBoundOfDifference } from '../../../heads/statistics/paired-difference.js';
import { pairOutcomes } from '../../../heads/statistics/paired-outcomes.js';
import { reference } from './reference.js';

test('rows that only one of two classifiers got right are counted', () => {
  expect(pairOutcomes([0, 1, 1, 0, 2], [0, 1, 0, 1, 2], [0, 0, 1, 1, 1])).toEqual({
    rows: 5,
    onlyFirst: 2,
    onlySecond: 1,
  });
});

test.each([
  { title: 'no rows', labels: [], first: [], second: [] },
  { title: 'predictions of other rows', labels: [0, 1], first: [0, 1], second: [0] },
])('$title cannot be compared', ({ labels, first, second }) => {
  expect(() => pairOutcomes(labels, first, second)).toThrow('both predictions for the same rows');
});

test.each(reference.mcnemar)(
  "McNemar's exact p for %i and %i is statsmodels'",
  (onlyFirst, onlySecond, p) => {
    expect(Math.abs(mcnemarExact({ onlyFirst, onlySecond }) / p - 1)).toBeLessThan(1e-9);
  },
);

test('classifiers that never differ have p = 1', () => {
  expect(mcnemarExact({ onlyFirst: 0, onlySecond: 0 })).toBe(1);
});

describe("Tango's score bound", () => {
  test.each(reference.tango)(
    'for %i and %i of %i is that of another implementation',
    (first, second, rows, lower) => {
      const bound = lowerBoundOfDifference({ rows, onlyFirst: first, onlySecond: second });
      expect(Math.abs(bound - lower)).toBeLessThan(1e-10);
    },
  );

  test("is PropCIs' for 28 and 25 of 618, one-sided: scoreci.mp(25, 28, 618, 0.90)", () => {
    expect(lowerBoundOfDifference({ rows: 618, onlyFirst: 28, onlySecond: 25 }).toFixed(4)).toBe('-0.0148');
  });

  test('gives the interval that Fagerland, Lydersen and Laake published (2014) for Bentur et al.', () => {
    const { lower, upper } = differenceInterval({ rows: 21, onlyFirst: 1, onlySecond: 7 });
    expect([lower.toFixed(3), upper.toFixed(3)]).toEqual(['-0.517', '-0.026']);
  });

  test('has a width where no row differs', () => {
    const z2 = 1.6448536269514722 ** 2;
    const bound = lowerBoundOfDifference({ rows: 1_000, onlyFirst: 0, onlySecond: 0 });
    expect(bound).toBeCloseTo(-z2 / (1_000 + z2), 12);
  });

  test('is −1 where the first is wrong wherever the second is right, and that is everywhere', () => {
    expect(lowerBoundOfDifference({ rows: 21, onlyFirst: 0, onlySecond: 21 })).toBe(-1);
  });

  test('refuses counts that cannot be', () => {
    expect(() => lowerBoundOfDifference({ rows: 3, onlyFirst: 2, onlySecond: 2 })).toThrow(
      'received 3, 2, 2',
    );
    expect(() => lowerBoundOfDifference({ rows: 0, onlyFirst: 0, onlySecond: 0 })).toThrow(
      'received 0, 0, 0',
    );
  });

  test.each([
    { rows: 100, first: 0.03, second: 0.04 },
    { rows: 200, first: 0.01, second: 0.02 },
    { rows: 60, first: 0.1, second: 0.1 },
  ])(
    'lies above the truth about one time in twenty ($rows rows, $first and $second)',
    ({ rows, first, second }) => {
      expect(chanceOfTooHigh(rows, first, second)).toBeLessThan(0.065);
    },
  );
});

/** The chance, exactly, that the bound exceeds the true difference, by all counts that could be seen. */
function chanceOfTooHigh(rows: number, first: number, second: number): number {
  const logFactorial = [0];
  for (let n = 1; n <= rows; n++) logFactorial.push((logFactorial[n - 1] ?? 0) + Math.log(n));
  const log = (n: number): number => logFactorial[n] ?? 0;
  let chance = 0;
  for (let b = 0; b <= Math.min(rows, 40); b++)
    for (let c = 0; b + c <= Math.min(rows, 40); c++) {
      const rest = rows - b - c;
      const ways = log(rows) - log(b) - log(c) - log(rest);
      const p = Math.exp(
        ways + b * Math.log(first) + c * Math.log(second) + rest * Math.log(1 - first - second),
      );
      if (lowerBoundOfDifference({ rows, onlyFirst: b, onlySecond: c }) > first - second) chance += p;
    }
  return chance;
}
