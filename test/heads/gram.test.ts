import { beforeAll, describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { fitHead } from '../../heads/fit-head.js';
import { type GramProblem, createGram } from '../../heads/gram/gram.js';
import type { Head, HeadKind, HeadSettings, Matrix } from '../../heads/head.js';
import { decisionValues, predictProbabilities } from '../../heads/predict.js';
import { dominantMeanRows } from './dominant-mean.js';
import { expectEqualHeads } from './equal-heads.js';
import { largestDifference, readParityCases } from './parity.js';

const KINDS: readonly HeadKind[] = ['logistic-regression', 'linear-svm'];
const SETTINGS: HeadSettings = { C: 1, classWeight: 'none', tol: 1e-8, maxIterations: 100 };

describe.each(readParityCases())('on scikit-learn’s data set "$name"', (data) => {
  let gram: GramProblem;
  beforeAll(async () => {
    gram = await createGram(data.training.features, { threads: 1 });
  });

  test.each(data.fits)(
    'logistic regression, C = $C, is the one that scikit-learn fits',
    async (reference) => {
      const settings = { ...SETTINGS, C: reference.C };
      const head = await gram.fit('logistic-regression', data.training.labels, data.classes, settings);
      expectEqualHeads(head, reference);
      const probabilities = predictProbabilities(head, data.evaluation.features);
      expect(largestDifference([probabilities], [reference.proba.flat()])).toBeLessThanOrEqual(1e-5);
    },
  );

  test.each(data.svms)('the machine, C = $C, is the one that scikit-learn fits', async (reference) => {
    const settings = { ...SETTINGS, C: reference.C };
    expectEqualHeads(await gram.fit('linear-svm', data.training.labels, data.classes, settings), reference);
  });

  test.each(KINDS)('%s at every C, balanced and standardised, is the head of the features', async (kind) => {
    const standardised = await createGram(data.training.features, { standardise: true, threads: 1 });
    for (const C of [0.001, 0.1, 1, 100]) {
      const settings: HeadSettings = { ...SETTINGS, C, classWeight: 'balanced', standardise: true };
      const { features, labels } = data.training;
      const head = await standardised.fit(kind, labels, data.classes, settings);
      expectEqualHeads(head, fitHead(kind, features, labels, data.classes, { ...settings, tol: 1e-12 }));
    }
  });
});

describe.each([2, 4])('on features with a dominant mean, of %d classes,', (classCount) => {
  const { features, labels, classes, topShare, zeros } = dominantMeanRows(90, 700, classCount);
  const scale = 100 / meanSquaredDistance(features);
  const exactly = (kind: HeadKind, settings: HeadSettings, of = features, ofLabels = labels) =>
    fitHead(kind, of, ofLabels, classes, { ...settings, tol: 1e-12 });
  let gram: GramProblem;
  beforeAll(async () => {
    gram = await createGram(features, { threads: 1 });
  });

  test('the mean dominates, and most are 0', () => {
    expect(topShare).toBeGreaterThan(0.9);
    expect(zeros).toBeGreaterThan(0.5);
  });

  test.each(KINDS)('%s over a sweep of nine C is what the features themselves give', async (kind) => {
    const sweep = Array.from({ length: 9 }, (_, at) => ({ ...SETTINGS, C: scale * 10 ** (3 - at) }));
    const heads = await gram.fitEach(kind, labels, classes, sweep);
    expect(heads.map((head) => head.settings)).toEqual(sweep);
    for (const head of heads) {
      const largest = Math.max(...head.coef.flatMap((row) => Array.from(row, Math.abs)));
      expect(head.convergence.converged).toBe(true);
      expect(largestDistance(head, features, labels) / largest).toBeLessThanOrEqual(1e-4);
    }
  });

  test.each(KINDS)('%s is the head that the features themselves give', async (kind) => {
    const settings = { ...SETTINGS, C: scale / 100 };
    const head = await gram.fit(kind, labels, classes, settings);
    const expected = exactly(kind, settings);
    expectEqualHeads(head, expected);
    expect(head.convergence.objective).toBeCloseTo(expected.convergence.objective, 9);
    const values = decisionValues(head, features);
    expect(largestDifference([values], [decisionValues(expected, features)])).toBeLessThanOrEqual(1e-5);
  });

  test.each(KINDS)('%s begun where it ended before is there at once', async (kind) => {
    const settings = { ...SETTINGS, C: scale / 100 };
    const start = await gram.fit(kind, labels, classes, settings);
    const again = await gram.fit(kind, labels, classes, settings, { start });
    expect(again.convergence).toMatchObject({ converged: true, iterations: 0 });
    expectEqualHeads(again, start);
  });

  test('the gradient that is told is that of the features', async () => {
    const settings = { ...SETTINGS, C: scale, maxIterations: 1 };
    const there = await gram.fit('logistic-regression', labels, classes, settings);
    expect(there.convergence.converged).toBe(false);
    const largest = Math.max(...gradientAt(there, features, labels).flat().map(Math.abs));
    expect(there.convergence.gradientNorm).toBeCloseTo(largest, 8);
  });
});

describe('a fit', () => {
  const { features, labels, classes } = dominantMeanRows(30, 60, 2);

  test('is given up between iterations with the reason of the signal', async () => {
    const gram = await createGram(features, { threads: 1 });
    const controller = new AbortController();
    const fit = gram.fit(
      'logistic-regression',
      labels,
      classes,
      { ...SETTINGS, C: 1e3 },
      {
        signal: controller.signal,
        onIteration: ({ iteration }) => {
          if (iteration === 1) controller.abort(new Error('the run was cancelled'));
        },
      },
    );
    await expect(fit).rejects.toThrow('the run was cancelled');
    const matrix = createGram(features, { signal: AbortSignal.abort(new Error('too late')) });
    await expect(matrix).rejects.toThrow('too late');
  });

  test('refuses bad input with a sentence before any work', async () => {
    const gram = await createGram(features, { threads: 1 });
    const fit = (ofLabels: readonly number[], settings: Partial<HeadSettings> = {}) =>
      gram.fit('linear-svm', ofLabels, classes, { ...SETTINGS, ...settings });
    await expect(fit(labels, { C: 0 })).rejects.toThrow(/C, .*above 0/);
    await expect(fit([0, 1])).rejects.toThrow(/one label per row/);
    await expect(fit(labels.map(() => 0))).rejects.toThrow(/no rows of class "class-1"/);
    await expect(fit(labels, { standardise: true })).rejects.toThrow(/without standardised columns/);
    await expect(fit(labels, { C: -1 })).rejects.toBeInstanceOf(BadInput);
    const damaged = { ...features, data: features.data.map((value, at) => (at === 61 ? Number.NaN : value)) };
    await expect(createGram(damaged)).rejects.toThrow(/row 1, column 1: expected a finite number/);
  });

  test('of features that say nothing gives the log odds of the classes', async () => {
    const same = { rows: 4, columns: 3, data: new Float32Array(12).fill(3.3) };
    const gram = await createGram(same, { threads: 1 });
    const head = await gram.fit('logistic-regression', [0, 1, 1, 1], classes, { ...SETTINGS, C: 1000 });
    expect(head.convergence.converged).toBe(true);
    expect(largestDifference(head.coef, [[0, 0, 0]])).toBeLessThan(1e-12);
    expect(head.intercept[0]).toBeCloseTo(Math.log(3), 10);
  });
});

function meanSquaredDistance({ rows, columns, data }: Matrix): number {
  let sum = 0;
  for (let column = 0; column < columns; column++) {
    const values = Array.from({ length: rows }, (_, row) => data[row * columns + column] ?? 0);
    const mean = values.reduce((total, value) => total + value, 0) / rows;
    sum += values.reduce((total, value) => total + (value - mean) ** 2, 0);
  }
  return sum / rows;
}

/**
 * How far the coefficients can be from the minimum's, in the Euclidean norm: the objective bends by at least 1 in each of
 * them, so the gradient's norm is a bound. Where intercepts are free it is taken at the best of them.
 */
const largestDistance = (head: Head, features: Matrix, labels: readonly number[]): number =>
  Math.hypot(...gradientAt(head, features, labels).flat());

/** The textbook's gradient by coefficients and intercepts without class weights; independent of the solver. */
function gradientAt(head: Head, features: Matrix, labels: readonly number[]): number[][] {
  const isMachine = head.kind === 'linear-svm';
  const slopes = isMachine ? marginSlopes(head, features, labels) : logSlopes(head, features, labels);
  return head.coef.map((coef, k) => {
    const ofOutput = labels.map((_, row) => slopes[row * head.coef.length + k] ?? 0);
    const byCoef = Array.from(coef, (value, at) =>
      ofOutput.reduce((sum, slope, row) => sum + slope * numberAt(features, row, at), value),
    );
    const penalty = isMachine ? (head.intercept[k] ?? 0) : 0;
    return [...byCoef, ofOutput.reduce((sum, slope) => sum + slope, penalty)];
  });
}

function logSlopes(
  { classes, settings, ...head }: Head,
  features: Matrix,
  labels: readonly number[],
): number[] {
  const probabilities = predictProbabilities({ classes, settings, ...head }, features);
  const outputs = classes.length === 2 ? [1] : classes.map((_, id) => id);
  return labels.flatMap((label, row) =>
    outputs.map(
      (id) => settings.C * ((probabilities[row * classes.length + id] ?? 0) - (label === id ? 1 : 0)),
    ),
  );
}

function marginSlopes(
  { coef, intercept, settings }: Head,
  features: Matrix,
  labels: readonly number[],
): number[] {
  return labels.flatMap((label, row) =>
    coef.map((weights, k) => {
      const score = weights.reduce(
        (sum, value, at) => sum + value * numberAt(features, row, at),
        intercept[k] ?? 0,
      );
      const side = label === (coef.length === 1 ? 1 : k) ? 1 : -1;
      return -2 * settings.C * side * Math.max(0, 1 - side * score);
    }),
  );
}

const numberAt = ({ columns, data }: Matrix, row: number, column: number): number =>
  data[row * columns + column] ?? 0;
