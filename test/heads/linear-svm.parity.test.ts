import { describe, expect, test } from 'vitest';
import { classificationReport } from '../../heads/classification-report.js';
import { LINEAR_SVM_DEFAULTS, fitLinearSvm } from '../../heads/linear-svm.js';
import { decideClasses, decisionValues } from '../../heads/predict.js';
import { largestDifference, parityCase, readParityCases } from './parity.js';

const fits = readParityCases().flatMap((data) =>
  data.svms.map((reference) => ({ title: `${data.name}, C = ${reference.C}`, data, reference })),
);

test('the fixtures hold four data sets with four SVMs each', () => {
  expect(fits).toHaveLength(16);
});

describe.each(fits)('$title', ({ data, reference }) => {
  const { training, evaluation, classes } = data;
  const head = fitLinearSvm(training.features, training.labels, classes, {
    ...LINEAR_SVM_DEFAULTS,
    C: reference.C,
  });

  test('the head is the one that scikit-learn fits', () => {
    const largest = Math.max(...reference.coef.flat().map(Math.abs));
    expect(head.convergence.converged).toBe(true);
    expect(largestDifference(head.coef, reference.coef)).toBeLessThanOrEqual(1e-5 * largest);
    expect(largestDifference([head.intercept], [reference.intercept])).toBeLessThanOrEqual(1e-6);
  });

  test('its decision values are those of scikit-learn', () => {
    const { columns, data: rows } = evaluation.features;
    const expected = evaluation.labels.flatMap((_, row) =>
      reference.coef.map((coef, output) =>
        coef.reduce(
          (sum, value, at) => sum + value * (rows[row * columns + at] ?? 0),
          reference.intercept[output] ?? 0,
        ),
      ),
    );
    const largest = Math.max(...expected.map(Math.abs));
    const values = decisionValues(head, evaluation.features);
    expect(largestDifference([values], [expected])).toBeLessThanOrEqual(1e-5 * (1 + largest));
  });

  test('its predictions, and the report on them, are those of scikit-learn', () => {
    const predicted = decideClasses(decisionValues(head, evaluation.features), classes.length);
    expect([...predicted]).toEqual(reference.predicted);
    const reportOn = (ids: ArrayLike<number>): string =>
      classificationReport({ labels: evaluation.labels, predicted: ids, classes, digits: 4 });
    expect(reportOn(predicted)).toBe(reportOn(reference.predicted));
  });
});

describe('balanced class weights', () => {
  // LinearSVC(class_weight='balanced', dual=False, tol=1e-13) of scikit-learn 1.9.1: the first three coefficients of each
  // class, and the intercepts. Beyond two classes liblinear weights the class, and not the rest.
  test.each([
    {
      name: 'unbalanced',
      C: 1,
      coef: [[-0.32567023675603546, -0.281854035889, -0.5924090426201043]],
      intercept: [-1.042566760746322],
    },
    {
      name: 'three',
      C: 0.1,
      coef: [
        [-0.221925832334016, 0.07187847868330195, 0.06296724748056842],
        [0.25691052364462763, -0.004322854813828265, -0.01770620990561332],
        [-0.08634754580411982, -0.03128483728964558, -0.05158017735479212],
      ],
      intercept: [0.20222365370052073, -0.8546947565288245, -0.05661775978159646],
    },
  ])('on the data set "$name" give the head of scikit-learn', ({ name, C, coef, intercept }) => {
    const { training, classes } = parityCase(name);
    const settings = { ...LINEAR_SVM_DEFAULTS, C, classWeight: 'balanced' } as const;
    const head = fitLinearSvm(training.features, training.labels, classes, settings);
    const firstThree = head.coef.map((row) => row.subarray(0, 3));
    expect(largestDifference(firstThree, coef)).toBeLessThan(1e-6);
    expect(largestDifference([head.intercept], [intercept])).toBeLessThan(1e-6);
  });
});
