import { describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import type { LogisticRegressionSettings, Matrix } from '../../heads/head.js';
import { LOGISTIC_REGRESSION_DEFAULTS, fitLogisticRegression } from '../../heads/logistic-regression.js';
import { largestDifference, parityCase } from './parity.js';

const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows[0]?.length ?? 0,
  data: Float32Array.from(rows.flat()),
});

describe('balanced class weights', () => {
  // LogisticRegression(class_weight='balanced', solver='newton-cg', tol=1e-13) of scikit-learn 1.9.1: the first four
  // coefficients of each class, and the intercepts, less their mean, which only its lbfgs solver keeps at 0.
  test.each([
    {
      name: 'unbalanced',
      C: 1,
      coef: [[-0.3889391470113159, -0.45667169335083474, -0.8717824307619565, -0.744403104972966]],
      intercept: [-2.0060712587743765],
    },
    {
      name: 'three',
      C: 0.1,
      coef: [
        [-0.2839462313298639, 0.03806805284248891, 0.04807798274605628, -0.277873343154341],
        [0.3561280980915801, 0.029727082222951694, 0.009560770554519718, 0.2402256181854451],
        [-0.0721818667617186, -0.0677951350654416, -0.05763875330057622, 0.037647724968893743],
      ],
      intercept: [0.7748299998083099, -1.1726299268942844, 0.3977999270859744],
    },
  ])('on the data set "$name" give the head of scikit-learn', ({ name, C, coef, intercept }) => {
    const { training, classes } = parityCase(name);
    const settings = { ...LOGISTIC_REGRESSION_DEFAULTS, C, classWeight: 'balanced', tol: 1e-12 } as const;
    const head = fitLogisticRegression(training.features, training.labels, classes, settings);
    const firstFour = head.coef.map((row) => row.subarray(0, 4));
    expect(largestDifference(firstFour, coef)).toBeLessThan(1e-9);
    expect(largestDifference([head.intercept], [intercept])).toBeLessThan(1e-9);
  });
});

/** Features as after a ReLU, many more than rows, of classes that lie apart. */
function separableRows(): { readonly features: Matrix; readonly labels: readonly number[] } {
  const [rows, columns] = [60, 600];
  const labels = Array.from({ length: rows }, (_, row) => row % 2);
  const data = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const common = Math.sin(column * column) - 0.2 + 0.4 * Math.sin(column) * (row % 2);
    return (
      12 * (column % 7) * Math.max(0, common + Math.sin(row * 7.3) * Math.cos(column) + Math.sin(at * at))
    );
  });
  return { features: { rows, columns, data }, labels };
}

describe('convergence', () => {
  const { training, classes } = parityCase('wide');

  test.each([1, 1e4])('is close to the minimum where classes lie far apart, too, at C = %d', (C) => {
    const { features, labels } = separableRows();
    const fit = (tol: number) =>
      fitLogisticRegression(features, labels, classes, { ...LOGISTIC_REGRESSION_DEFAULTS, C, tol });
    const [usual, exact] = [fit(LOGISTIC_REGRESSION_DEFAULTS.tol), fit(1e-12)];
    const largest = Math.max(...exact.coef.flatMap((row) => [...row]).map(Math.abs));
    expect(usual.convergence.converged).toBe(true);
    expect(largestDifference(usual.coef, exact.coef) / largest).toBeLessThan(1e-4);
  });

  test('that did not happen within the iterations allowed is said in the head', () => {
    const settings = { ...LOGISTIC_REGRESSION_DEFAULTS, C: 100, maxIterations: 2 };
    const { convergence } = fitLogisticRegression(training.features, training.labels, classes, settings);
    expect(convergence).toMatchObject({ converged: false, iterations: 2 });
    expect(convergence.gradientNorm).toBeGreaterThan(1);
  });

  test('is told after every iteration, from the start on, with an objective that never rises', () => {
    const told: { iteration: number; objective: number }[] = [];
    const head = fitLogisticRegression(
      training.features,
      training.labels,
      classes,
      LOGISTIC_REGRESSION_DEFAULTS,
      {
        onIteration: (iteration) => told.push(iteration),
      },
    );
    expect(told.map((each) => each.iteration)).toEqual(
      Array.from({ length: head.convergence.iterations + 1 }, (_, iteration) => iteration),
    );
    const objectives = told.map((each) => each.objective);
    const sorted = objectives.toSorted((a, b) => b - a);
    expect(largestDifference([objectives], [sorted])).toBeLessThan(1e-9);
    expect(objectives.at(-1)).toBe(head.convergence.objective);
  });

  test('is given up with the reason of the signal', () => {
    const controller = new AbortController();
    const fit = () =>
      fitLogisticRegression(training.features, training.labels, classes, LOGISTIC_REGRESSION_DEFAULTS, {
        signal: controller.signal,
        onIteration: ({ iteration }) => {
          if (iteration === 2) controller.abort(new Error('the run was cancelled'));
        },
      });
    expect(fit).toThrow('the run was cancelled');
  });
});

describe('features that say nothing', () => {
  const settings = { ...LOGISTIC_REGRESSION_DEFAULTS, C: 1000 };

  test('give coefficients of 0 and the log odds of the classes', () => {
    const head = fitLogisticRegression(
      matrix([[3.3], [3.3], [3.3], [3.3]]),
      [0, 1, 1, 1],
      ['a', 'b'],
      settings,
    );
    expect(head.convergence.converged).toBe(true);
    expect(head.coef.map((row) => [...row])).toEqual([[0]]);
    expect(head.intercept[0]).toBeCloseTo(Math.log(3), 12);
  });

  test('give centred log shares to more than two classes', () => {
    const rows = matrix([[1e7], [1e7], [1e7], [1e7]]);
    const head = fitLogisticRegression(rows, [0, 1, 2, 2], ['a', 'b', 'c'], settings);
    const mean = Math.log(2) / 3;
    expect(largestDifference([head.intercept], [[-mean, -mean, Math.log(2) - mean]])).toBeLessThan(1e-12);
  });
});

describe('bad input is refused with a sentence', () => {
  const features = matrix([
    [1, 2],
    [3, 4],
    [5, 7],
  ]);
  interface Wrong {
    readonly title: string;
    readonly message: RegExp;
    readonly features?: Matrix;
    readonly labels?: readonly number[];
    readonly classes?: readonly string[];
    readonly settings?: Partial<LogisticRegressionSettings>;
  }
  const wrongs: readonly Wrong[] = [
    { title: 'C of 0', settings: { C: 0 }, message: /C, .*above 0, received 0\./ },
    { title: 'C below 0', settings: { C: -1 }, message: /received -1\./ },
    { title: 'infinite C', settings: { C: Number.POSITIVE_INFINITY }, message: /finite.*received Infinity/ },
    { title: 'C that is not a number', settings: { C: Number.NaN }, message: /received NaN/ },
    { title: 'tol of 0', settings: { tol: 0 }, message: /tol: expected .* above 0, received 0\./ },
    { title: 'no iterations', settings: { maxIterations: 0 }, message: /maxIterations: .* received 0\./ },
    {
      title: 'a feature that is not a number',
      features: matrix([
        [1, 2],
        [3, Number.NaN],
        [5, 7],
      ]),
      message: /row 1, column 1: expected a finite number, received NaN/,
    },
    {
      title: 'an infinite feature',
      features: matrix([
        [1, 2],
        [3, 4],
        [Number.NEGATIVE_INFINITY, 7],
      ]),
      message: /row 2, column 0: expected a finite number, received -Infinity/,
    },
    {
      title: 'a matrix shorter than it says',
      features: { ...features, rows: 4 },
      labels: [0, 1, 0, 1],
      message: /Expected 4 × 2 features .* received 6 numbers/,
    },
    {
      title: 'one class',
      labels: [0, 0, 0],
      classes: ['food'],
      message: /at least two classes .* only "food"/,
    },
    { title: 'rows of one class only', labels: [1, 1, 1], message: /no rows of class "food"/ },
    {
      title: 'fewer rows than classes',
      classes: ['a', 'b', 'c', 'd'],
      message: /at least one row per class, 4, and received 3/,
    },
    {
      title: 'a label out of range',
      labels: [0, 2, 1],
      message: /Label of row 1: expected .* from 0 to 1, received 2/,
    },
    { title: 'a label that is no whole number', labels: [0, 0.5, 1], message: /received 0\.5/ },
    {
      title: 'more rows than labels',
      labels: [0, 1],
      message: /one label per row of features, 3, .* 2 labels/,
    },
  ];
  test.each(wrongs)('$title', ({ message, ...wrong }) => {
    const fit = () =>
      fitLogisticRegression(
        wrong.features ?? features,
        wrong.labels ?? [0, 1, 0],
        wrong.classes ?? ['food', 'non_food'],
        { ...LOGISTIC_REGRESSION_DEFAULTS, ...wrong.settings },
      );
    expect(fit).toThrow(BadInput);
    expect(fit).toThrow(message);
  });
});
