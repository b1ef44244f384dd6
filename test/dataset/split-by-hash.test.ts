import { createHash } from 'node:crypto';
import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import { assertFractions, DEFAULT_SPLIT, splitByHash } from '../../dataset/split-by-hash.js';

const hash = (n: number) => createHash('sha256').update(String(n)).digest('hex');
const assign = (hashes: readonly string[], seed = 0) =>
  new Map(hashes.map((sha256) => [sha256, splitByHash(sha256, { ...DEFAULT_SPLIT, seed })]));

test('adding and removing pictures moves no other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat()), fc.uniqueArray(fc.nat()), fc.nat(), (before, more, seed) => {
      const first = assign(before.map(hash), seed);
      const second = assign([...more, ...before].map(hash).reverse(), seed);
      for (const [sha256, split] of first) expect(second.get(sha256)).toBe(split);
    }),
  );
});

test('the shares are those asked for, another seed gives another split', () => {
  const hashes = Array.from({ length: 20_000 }, (_, n) => hash(n));
  const splits = [...assign(hashes).values()];
  const share = (name: string) => splits.filter((split) => split === name).length / hashes.length;
  expect(share('training')).toBeCloseTo(0.7, 1.5);
  expect(share('validation')).toBeCloseTo(0.15, 1.5);
  expect(share('evaluation')).toBeCloseTo(0.15, 1.5);
  expect([...assign(hashes, 1).values()]).not.toEqual(splits);
});

test('the split of known hashes never changes: data sets that exist would be shuffled', () => {
  const splits = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => splitByHash(hash(n), DEFAULT_SPLIT));
  expect(splits).toMatchInlineSnapshot(`
    [
      "validation",
      "evaluation",
      "validation",
      "validation",
      "training",
      "training",
      "training",
      "evaluation",
    ]
  `);
});

test('fractions that are no shares are refused', () => {
  const refuse = (training: number, validation: number, evaluation: number) =>
    expect(() => assertFractions({ training, validation, evaluation })).toThrow(
      /expected three numbers above 0/,
    );
  refuse(1, 0, 0);
  refuse(0.5, 0.4, 0.2);
  refuse(NaN, 0.5, 0.5);
  assertFractions({ training: 0.8, validation: 0.1, evaluation: 0.1 });
});
