import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import type { ClassWeight, Matrix } from '../../heads/head.js';
import { LOGISTIC_REGRESSION_DEFAULTS, fitLogisticRegression } from '../../heads/logistic-regression.js';
import { predictProbabilities } from '../../heads/predict.js';
import { largestDifference } from './parity.js';
import { type TrainingSet, trainingSets } from './training-sets.js';

const fit = (set: TrainingSet, classWeight: ClassWeight = 'none', C = set.C) =>
  fitLogisticRegression(set.features, set.labels, set.classes, {
    ...LOGISTIC_REGRESSION_DEFAULTS,
    C,
    classWeight,
    tol: 1e-10,
  });

test('the order of the rows does not matter', () => {
  fc.assert(
    fc.property(trainingSets(), fc.integer(), (set, seed) => {
      const order = shuffled(set.features.rows, seed);
      const there = fit(set);
      const here = fit(takeRows(set, order));
      expect(largestDifference(here.coef, there.coef)).toBeLessThan(1e-6 * (1 + largest(there.coef)));
    }),
    { numRuns: 30 },
  );
});

test('balanced class weights are the same as repeating the rows of rarer classes', () => {
  fc.assert(
    fc.property(trainingSets({ classCount: 2 }), fc.integer({ min: 2, max: 4 }), (set, times) => {
      // Class 1 gets `times` fewer rows than class 0, then as many again by repetition.
      const ofClass = (id: number) => set.labels.flatMap((label, row) => (label === id ? [row] : []));
      const rare = ofClass(1).slice(0, Math.floor(ofClass(0).length / times));
      fc.pre(rare.length > 0);
      const frequent = ofClass(0).slice(0, rare.length * times);
      const unbalanced = takeRows(set, [...frequent, ...rare]);
      const repeated = takeRows(set, [...frequent, ...Array.from({ length: times }, () => rare).flat()]);

      const weighted = fit(unbalanced, 'balanced');
      const weightOfFrequent = (frequent.length + rare.length) / (2 * frequent.length);
      const plain = fit(repeated, 'none', set.C * weightOfFrequent);
      expect(largestDifference(weighted.coef, plain.coef)).toBeLessThan(1e-6 * (1 + largest(plain.coef)));
      expect(weighted.intercept[0]).toBeCloseTo(plain.intercept[0] ?? Number.NaN, 5);
    }),
    { numRuns: 30 },
  );
});

test('a constant added to a column changes no coefficient, however large it is', () => {
  fc.assert(
    fc.property(trainingSets(), fc.constantFrom(1, 64, 1024, 16384), (set, mean) => {
      const { data } = set.features;
      const moved = { ...set, features: { ...set.features, data: data.map((value) => value + mean) } };
      const there = fit(set);
      const here = fit(moved);
      expect(here.convergence.converged).toBe(true);
      expect(largestDifference(here.coef, there.coef)).toBeLessThan(1e-6 * (1 + largest(there.coef)));
    }),
    { numRuns: 50 },
  );
});

test('features whose mean dominates are fitted to where the gradient vanishes', () => {
  fc.assert(
    fc.property(trainingSets(), fc.constantFrom(64, 1024, 16384), (set, mean) => {
      const { data } = set.features;
      const moved = { ...set, features: { ...set.features, data: data.map((value) => value + mean) } };
      const head = fit(moved);
      const reached = gradientAt(moved, predictProbabilities(head, moved.features), head.coef, mean);
      const uniform = new Float64Array(set.labels.length * set.classes.length).fill(1 / set.classes.length);
      const untrained = gradientAt(moved, uniform, [], mean);
      expect(reached).toBeLessThan(1e-7 * (untrained + set.C));
    }),
    { numRuns: 50 },
  );
});

test('the intercepts of more than two classes sum to 0', () => {
  fc.assert(
    fc.property(trainingSets({ classCount: 4 }), (set) => {
      const sum = fit(set).intercept.reduce((total, value) => total + value, 0);
      expect(Math.abs(sum)).toBeLessThan(1e-12);
    }),
    { numRuns: 20 },
  );
});

/** The textbook's gradient by coefficients of `column − mean` and by intercepts, largest entry; independent of the solver. */
function gradientAt(
  { features, labels, classes, C }: TrainingSet,
  probabilities: Float64Array,
  coef: readonly Float64Array[],
  mean: number,
): number {
  const outputs = classes.length === 2 ? [1] : classes.map((_, id) => id);
  const entries = outputs.flatMap((id, output) => {
    const residuals = labels.map(
      (label, row) => (probabilities[row * classes.length + id] ?? 0) - (label === id ? 1 : 0),
    );
    const ofColumns = Array.from({ length: features.columns }, (_, column) => {
      const terms = residuals.map(
        (residual, row) => residual * ((features.data[row * features.columns + column] ?? 0) - mean),
      );
      return C * sum(terms) + (coef[output]?.[column] ?? 0);
    });
    return [...ofColumns, C * sum(residuals)];
  });
  return Math.max(...entries.map(Math.abs));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const largest = (coef: readonly Float64Array[]): number =>
  Math.max(...coef.flatMap((row) => [...row].map(Math.abs)));

function takeRows(set: TrainingSet, rows: readonly number[]): TrainingSet {
  const { columns, data } = set.features;
  const features: Matrix = {
    rows: rows.length,
    columns,
    data: Float32Array.from(rows.flatMap((row) => [...data.subarray(row * columns, (row + 1) * columns)])),
  };
  return { ...set, features, labels: rows.map((row) => set.labels[row] ?? 0) };
}

/** A permutation that `seed` decides: rows sorted by a hash of their number. */
function shuffled(rows: number, seed: number): number[] {
  const hash = (row: number): number => Math.imul(row + 1, seed | 1) ^ Math.imul(row + 7, 0x9e3779b1);
  return Array.from({ length: rows }, (_, row) => row).sort((a, b) => hash(a) - hash(b));
}
