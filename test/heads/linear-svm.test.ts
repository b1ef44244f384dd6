import { describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import type { HeadSettings, Matrix } from '../../heads/head.js';
import { LINEAR_SVM_DEFAULTS, fitLinearSvm } from '../../heads/linear-svm.js';
import type { Iteration } from '../../heads/newton-cg.js';
import { decideClasses, decisionValues } from '../../heads/predict.js';
import { dominantMeanRows, separableRows } from './generated-rows.js';
import { largestDifference, parityCase } from './parity.js';
import { meanShare, newtonSvm, svmGradient } from './svm-reference.js';

const STRENGTHS = [1e-4, 1e-2, 1, 100, 1e4];
const classes = ['a', 'b'];
const norm = (values: readonly number[]): number => Math.hypot(...values);

describe('features whose mean dominates', () => {
  const { features, labels } = dominantMeanRows();

  test('are what the generated rows have', () => {
    expect(meanShare(features)).toBeGreaterThan(0.9);
  });

  test.each(STRENGTHS)('are fitted as by a plain Newton method in float64, at C = %d', (C) => {
    const head = fitLinearSvm(features, labels, classes, { ...LINEAR_SVM_DEFAULTS, C });
    const reference = newtonSvm(features, labels, C);
    const largest = Math.max(...reference.coef.map(Math.abs));
    expect(head.convergence.converged).toBe(true);
    expect(largestDifference(head.coef, [reference.coef])).toBeLessThan(1e-5 * largest);
    expect(largestDifference([head.intercept], [[reference.intercept]])).toBeLessThan(1e-5);
  });
});

describe('classes that lie apart', () => {
  const { features, labels } = separableRows();

  test.each(STRENGTHS)('get coefficients at the minimum, at C = %d', (C) => {
    const head = fitLinearSvm(features, labels, classes, { ...LINEAR_SVM_DEFAULTS, C });
    const [coef = new Float64Array(0)] = head.coef;
    const [intercept = Number.NaN] = head.intercept;
    expect(head.convergence.converged).toBe(true);
    // The penalty bends by 1: no point of such a gradient is further from the minimum than the gradient is long.
    const distance = norm(svmGradient(features, labels, C, { coef: [...coef], intercept }));
    expect(distance).toBeLessThan(1e-5 * norm([...coef]));
  });

  test('are told apart without a mistake where C lets them be', () => {
    const head = fitLinearSvm(features, labels, classes, LINEAR_SVM_DEFAULTS);
    expect([...decideClasses(decisionValues(head, features), 2)]).toEqual(labels);
  });
});

describe('more than two classes', () => {
  const { training, classes: names } = parityCase('three');
  const settings = { ...LINEAR_SVM_DEFAULTS, C: 0.1 };

  test('are each told from the rest as two classes are', () => {
    const head = fitLinearSvm(training.features, training.labels, names, settings);
    names.forEach((_, id) => {
      const against = training.labels.map((label) => Number(label === id));
      const alone = fitLinearSvm(training.features, against, ['rest', 'this'], settings);
      expect(head.coef[id]).toEqual(alone.coef[0]);
      expect(head.intercept[id]).toBe(alone.intercept[0]);
    });
  });

  test('are as many as there are rows, too', () => {
    const rows = 12;
    const features = {
      rows,
      columns: 5,
      data: Float32Array.from({ length: rows * 5 }, (_, at) => Math.sin(at * at)),
    };
    const labels = Array.from({ length: rows }, (_, row) => row);
    const head = fitLinearSvm(features, labels, labels.map(String).sort(), settings);
    expect(head.coef).toHaveLength(rows);
    expect(head.convergence.converged).toBe(true);
  });

  test('are told of in iterations that count on', () => {
    const told: Iteration[] = [];
    const head = fitLinearSvm(training.features, training.labels, names, settings, {
      onIteration: (iteration) => told.push(iteration),
    });
    const counts = told.map(({ iteration }) => iteration);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(new Set(counts).size).toBe(head.convergence.iterations + 1);
  });
});

describe('convergence', () => {
  const { training, classes: names } = parityCase('wide');

  test('that did not happen within the iterations allowed is said in the head', () => {
    const settings = { ...LINEAR_SVM_DEFAULTS, C: 100, maxIterations: 2 };
    const { convergence } = fitLinearSvm(training.features, training.labels, names, settings);
    expect(convergence).toMatchObject({ converged: false, iterations: 2 });
  });

  test('of all classes is needed', () => {
    const { training: rows, classes: three } = parityCase('three');
    const settings = { ...LINEAR_SVM_DEFAULTS, maxIterations: 4 };
    const { convergence } = fitLinearSvm(rows.features, rows.labels, three, settings);
    expect(convergence).toMatchObject({ converged: false, iterations: 12 });
  });

  test('is given up with the reason of the signal', () => {
    const controller = new AbortController();
    const fit = () =>
      fitLinearSvm(training.features, training.labels, names, LINEAR_SVM_DEFAULTS, {
        signal: controller.signal,
        onIteration: () => controller.abort(new Error('the run was cancelled')),
      });
    expect(fit).toThrow('the run was cancelled');
  });
});

test('a constant column shares the work of the intercept, as in liblinear', () => {
  const features = { rows: 4, columns: 2, data: Float32Array.of(1, 3, 2, 3, 5, 3, 6, 3) };
  const head = fitLinearSvm(features, [0, 0, 0, 1], classes, LINEAR_SVM_DEFAULTS);
  const [intercept = Number.NaN] = head.intercept;
  expect(intercept).not.toBe(0);
  expect((head.coef[0]?.[1] ?? Number.NaN) / intercept).toBeCloseTo(3, 6);
});

test('features that are all 0 leave the best intercept', () => {
  const features = { rows: 4, columns: 1, data: new Float32Array(4) };
  const head = fitLinearSvm(features, [0, 1, 1, 1], classes, LINEAR_SVM_DEFAULTS);
  // The minimum of ½ b² + 3 (1 − b)² + (1 + b)².
  expect(head.convergence.converged).toBe(true);
  expect(head.coef.map((row) => [...row])).toEqual([[0]]);
  expect(head.intercept[0]).toBeCloseTo(4 / 9, 12);
});

describe('bad input is refused with a sentence', () => {
  const features: Matrix = { rows: 3, columns: 1, data: Float32Array.of(1, 2, 3) };
  interface Wrong {
    readonly title: string;
    readonly message: RegExp;
    readonly data?: readonly number[];
    readonly labels?: readonly number[];
    readonly names?: readonly string[];
    readonly settings?: Partial<Record<keyof HeadSettings, unknown>>;
  }
  const wrongs: readonly Wrong[] = [
    { title: 'C of 0', settings: { C: 0 }, message: /C, .*above 0, received 0\./ },
    {
      title: 'a NaN',
      data: [1, Number.NaN, 3],
      message: /row 1, column 0: expected a finite number, received NaN/,
    },
    { title: 'an infinity', data: [1, 2, Number.POSITIVE_INFINITY], message: /row 2, .* received Infinity/ },
    { title: 'one class', labels: [0, 0, 0], names: ['food'], message: /at least two classes/ },
    { title: 'rows of one class only', labels: [1, 1, 1], message: /no rows of class "a"/ },
    {
      title: 'fewer rows than classes',
      names: ['a', 'b', 'c', 'd'],
      message: /one row per class, 4, and received 3/,
    },
    {
      title: 'an odd standardise',
      settings: { standardise: 'yes' },
      message: /standardise: .* received "yes"/,
    },
  ];
  test.each(wrongs)('$title', ({ message, data, labels = [0, 1, 0], names = classes, settings }) => {
    const rows = data === undefined ? features : { ...features, data: Float32Array.from(data) };
    const fit = () =>
      fitLinearSvm(rows, labels, names, { ...LINEAR_SVM_DEFAULTS, ...settings } as HeadSettings);
    expect(fit).toThrow(BadInput);
    expect(fit).toThrow(message);
  });
});
