import { describe, expect, test } from 'vitest';
import type { HeadKind } from '../../../heads/head.js';
import { candidateC, spreadOf } from '../../../heads/selection/candidates.js';
import { type SelectionInput, selectHead } from '../../../heads/selection/select-head.js';
import { seededRandom } from '../../../heads/statistics/seeded-random.js';

interface FakeHead {
  readonly kind: HeadKind;
  readonly C: number;
  readonly convergence: { readonly converged: boolean };
}

const ROWS = 200;
const random = seededRandom(4);
const labels = Array.from({ length: ROWS }, (_, row) => row % 2);
const noise = Float64Array.from(labels, () => random() - 0.5);

/** Validation scored by a head whose decision values are noisier the further its decade is from the best. */
function selection(
  worseBy: (kind: HeadKind, decade: number) => number,
  more: Partial<SelectionInput<FakeHead>> = {},
) {
  const fits: string[] = [];
  const input: SelectionInput<FakeHead> = {
    kinds: ['logistic-regression'],
    spread: 1,
    fit: (kind, C) => {
      fits.push(`${kind} ${Math.round(Math.log10(C / 100))}`);
      return { kind, C, convergence: { converged: true } };
    },
    score: ({ kind, C }) =>
      noise.map(
        (value, row) => (labels[row] === 1 ? 0.3 : -0.3) + value * (1 + worseBy(kind, Math.log10(C / 100))),
      ),
    validation: { labels, classes: ['a', 'b'] },
    ...more,
  };
  return { fits, run: () => selectHead(input) };
}

const decadesOf = (candidates: readonly { readonly decade: number }[]): number[] =>
  candidates.map(({ decade }) => decade);

test('nine values of C are tried, and the one with the least loss on validation wins', async () => {
  const { fits, run } = selection((_, decade) => Math.abs(decade - 1));
  const { candidates, winner, head, reason, calibrator } = await run();
  expect(decadesOf(candidates)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4]);
  expect(fits).toHaveLength(9);
  expect(winner).toEqual(candidates[5]);
  expect(winner.C).toBeCloseTo(1000, 9);
  expect(winner.logLoss).toBe(Math.min(...candidates.map(({ logLoss }) => logLoss)));
  expect(head.C).toBe(winner.C);
  expect(calibrator.kind).toBe('temperature');
  expect(reason).toMatch(/logistic regression with C = 1000 has the lowest .* of 9 candidates/);
});

test('decades are added while the best is at an end, four at most', async () => {
  const down = await selection((_, decade) => Math.abs(decade + 6)).run();
  expect(decadesOf(down.candidates)).toEqual([-7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4]);
  expect(down.winner.decade).toBe(-6);
  const up = await selection((_, decade) => (9 - decade) / 4).run();
  expect(decadesOf(up.candidates)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(up.winner.decade).toBe(8);
  expect(up.reason).toContain('No larger C was tried');
});

test('where all are equal no decade is added, and the simplest kind with the smallest C wins', async () => {
  const { candidates, winner, reason } = await selection(() => 0, {
    kinds: ['linear-svm', 'logistic-regression'],
  }).run();
  expect(candidates).toHaveLength(18);
  const losses = new Set(
    candidates.filter(({ kind }) => kind === 'linear-svm').map(({ logLoss }) => logLoss),
  );
  expect(losses.size).toBe(1);
  expect(winner.decade).toBe(-4);
  expect(reason).toContain('more did as well');
});

test('differences that solvers do not promise decide nothing', async () => {
  const { candidates, winner } = await selection((_, decade) => -1e-9 * decade).run();
  expect(candidates).toHaveLength(9);
  expect(winner.decade).toBe(-4);
  expect(candidates[0]?.logLoss).not.toBe(candidates[8]?.logLoss);
});

test('the better of two kinds wins, and the reason names the other', async () => {
  const { winner, candidates, calibrator, reason, head } = await selection(
    (kind, decade) => Math.abs(decade) + (kind === 'linear-svm' ? 0 : 1),
    { kinds: ['logistic-regression', 'linear-svm'] },
  ).run();
  expect(winner).toMatchObject({ kind: 'linear-svm', decade: 0 });
  expect(head.kind).toBe('linear-svm');
  expect(calibrator.kind).toBe('platt');
  expect(candidates.map(({ kind }) => kind)).toEqual([
    ...Array<HeadKind>(9).fill('logistic-regression'),
    ...Array<HeadKind>(9).fill('linear-svm'),
  ]);
  expect(reason).toMatch(/^The linear SVM with C = 100 .*; the best logistic regression with C = 100 has/);
});

test('the same input and seed choose the same, with the same numbers', async () => {
  const once = await selection((_, decade) => Math.abs(decade), { seed: 3 }).run();
  expect(await selection((_, decade) => Math.abs(decade), { seed: 3 }).run()).toEqual(once);
  const other = await selection((_, decade) => Math.abs(decade), { seed: 4 }).run();
  expect(other.winner.logLoss).not.toBe(once.winner.logLoss);
});

test('a winner that did not converge says so', async () => {
  const { reason, winner } = await selection(() => 0, {
    fit: (kind, C) => ({ kind, C, convergence: { converged: false } }),
  }).run();
  expect(winner.converged).toBe(false);
  expect(reason).toContain('stopped before it reached its tolerance');
});

describe('before any fit a selection is refused', () => {
  test.each([
    {
      title: 'whose training features do not differ',
      change: { spread: 0 },
      message: /features that differ.* is 0/,
    },
    { title: 'whose spread is not finite', change: { spread: Number.NaN }, message: /is NaN/ },
    { title: 'without kinds', change: { kinds: [] }, message: /expected kinds to try/ },
    {
      title: 'with a class missing in validation',
      change: { validation: { labels: [0, 0, 0, 0, 0], classes: ['a', 'b'] } },
      message: /Validation has no rows of class "b"/,
    },
    {
      title: 'with fewer rows than folds',
      change: { validation: { labels: [0, 1, 0], classes: ['a', 'b'] } },
      message: /at least 5 rows of validation.* there are 3/,
    },
  ])('$title', async ({ change, message }) => {
    const { fits, run } = selection(() => 0, change);
    await expect(run()).rejects.toThrow(message);
    expect(fits).toEqual([]);
  });
});

test('the spread is the mean squared distance from the mean, and C goes by it', () => {
  const data = Float32Array.of(1, 10, 3, 10, 5, 16);
  expect(spreadOf({ rows: 3, columns: 2, data })).toBeCloseTo(8 / 3 + 8, 12);
  expect(candidateC(-2, 4)).toBeCloseTo(0.25, 15);
});
