import { describe, expect, test } from 'vitest';
import { classificationReport } from '../../heads/classification-report.js';
import { evaluateSplit } from '../../heads/evaluate-split.js';
import { LOGISTIC_REGRESSION_DEFAULTS, fitLogisticRegression } from '../../heads/logistic-regression.js';
import { predictClasses, predictProbabilities } from '../../heads/predict.js';
import { largestDifference, readParityCases } from './parity.js';

const fits = readParityCases().flatMap((data) =>
  data.fits.map((reference) => ({ title: `${data.name}, C = ${reference.C}`, data, reference })),
);

test('the fixtures hold four data sets with four fits each', () => {
  expect(fits).toHaveLength(16);
});

describe.each(fits)('$title', ({ data, reference }) => {
  const { training, evaluation, classes } = data;
  const settings = { ...LOGISTIC_REGRESSION_DEFAULTS, C: reference.C };
  const head = fitLogisticRegression(training.features, training.labels, classes, settings);

  test('the head is the one that scikit-learn fits', () => {
    const largest = Math.max(...reference.coef.flat().map(Math.abs));
    expect(head.convergence.converged).toBe(true);
    expect(largestDifference(head.coef, reference.coef)).toBeLessThanOrEqual(1e-4 * largest);
    expect(largestDifference([head.intercept], [reference.intercept])).toBeLessThanOrEqual(1e-4);
  });

  test('its probabilities are those of scikit-learn', () => {
    const probabilities = predictProbabilities(head, evaluation.features);
    expect(largestDifference([probabilities], [reference.proba.flat()])).toBeLessThanOrEqual(1e-5);
  });

  test('the metrics of its predictions are those of scikit-learn', async () => {
    const probabilities = predictProbabilities(head, evaluation.features);
    const metrics = await evaluateSplit({ probabilities, labels: evaluation.labels, classes, positive: '1' });
    expect(metrics.report).toBe(reference.report);
    expect(metrics.confusion).toEqual(reference.confusion);
    expect(metrics.logLoss).toBeCloseTo(reference.log_loss, 5);
    if (reference.roc_auc !== undefined && reference.average_precision !== undefined) {
      expect(metrics.rocAuc).toBeCloseTo(reference.roc_auc, 12);
      expect(metrics.averagePrecision).toBeCloseTo(reference.average_precision, 12);
    }
  });

  test('the report with two digits is the one that scikit-learn prints', () => {
    const predicted = predictClasses(predictProbabilities(head, evaluation.features), classes.length);
    expect(classificationReport({ labels: evaluation.labels, predicted, classes })).toBe(reference.report2);
  });
});
