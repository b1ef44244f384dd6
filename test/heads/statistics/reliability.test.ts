import { describe, expect, test } from 'vitest';
import { sigmoid } from '../../../heads/logistic-loss.js';
import { brierScore } from '../../../heads/statistics/brier-score.js';
import { rankCuts } from '../../../heads/ranking.js';
import { breakDownClasses } from '../../../heads/statistics/class-breakdown.js';
import { precisionRecallCurve } from '../../../heads/statistics/precision-recall-curve.js';
import {
  classReliability,
  confidenceReliability,
  reliabilityBins,
} from '../../../heads/statistics/reliability.js';
import { softmaxInPlace } from '../../../heads/softmax-loss.js';
import { predictProbabilities } from '../../../heads/predict.js';
import { parityCase } from '../parity.js';
import { reference } from './reference.js';

const binary = Float64Array.from(
  reference.binary.values.flatMap((value) => [sigmoid(-value), sigmoid(value)]),
);
const three = Float64Array.from(
  reference.three.values.flatMap((row) => {
    const scores = Float64Array.from(row);
    softmaxInPlace(scores);
    return [...scores];
  }),
);

test("Brier's score is scikit-learn's, of two classes and of three", () => {
  expect(brierScore(binary, reference.binary.labels, 2)).toBeCloseTo(reference.binary.brier, 14);
  expect(brierScore(three, reference.three.labels, 3)).toBeCloseTo(reference.three.brier, 14);
});

test("Brier's score of a head is that in parity.json", () => {
  const { fits, evaluation, classes } = parityCase('binary');
  const [, fit] = fits;
  if (fit === undefined) throw new Error('parity.json has no second fit');
  const head = {
    kind: 'logistic-regression' as const,
    classes,
    coef: fit.coef.map((row) => Float64Array.from(row)),
    intercept: fit.intercept,
    settings: { C: fit.C, classWeight: 'none' as const, tol: 1e-8, maxIterations: 100 },
    convergence: { converged: true, iterations: 1, gradientNorm: 0, objective: 0 },
  };
  const probabilities = predictProbabilities(head, evaluation.features);
  expect(brierScore(probabilities, evaluation.labels, 2)).toBeCloseTo(0.21877165709437063, 9);
});

test("the expected calibration error is that of Guo et al.'s published code", () => {
  expect(confidenceReliability(binary, reference.binary.labels, 2).ece).toBeCloseTo(reference.binary.ece, 13);
  expect(confidenceReliability(three, reference.three.labels, 3).ece).toBeCloseTo(reference.three.ece, 13);
});

test('bins are open below and closed above, and 0 falls into the first', () => {
  const bins = reliabilityBins(
    [0, 1 / 15, 1 / 15 + 1e-9, 0.2, 3 / 15, 1],
    [false, true, true, true, false, true],
  );
  expect(bins).toHaveLength(15);
  expect(bins.map(({ rows }) => rows)).toEqual([2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(bins[0]).toEqual({ from: 0, to: 1 / 15, rows: 2, stated: 1 / 30, observed: 0.5 });
  expect(bins[3]).toMatchObject({ stated: null, observed: null });
});

test('every edge of the bins falls into the bin below it', () => {
  for (let edge = 1; edge <= 15; edge++)
    expect(reliabilityBins([edge / 15], [true]).findIndex(({ rows }) => rows === 1)).toBe(edge - 1);
});

test('what is no probability is refused', () => {
  expect(() => reliabilityBins([0.5, Number.NaN], [true, true])).toThrow('Row 1');
  expect(() => reliabilityBins([1.5], [true])).toThrow('received 1.5');
});

test('probabilities that always come true have no error, and the opposite has all', () => {
  const sure = Float64Array.of(1, 0, 0, 1);
  expect(confidenceReliability(sure, [0, 1], 2).ece).toBe(0);
  expect(classReliability(sure, [1, 0], 2, 1).ece).toBe(1);
});

describe('the precision-recall curve', () => {
  test("is scikit-learn's, read from its end", () => {
    const { values, labels, precision, recall, thresholds } = reference.binary;
    const cuts = rankCuts(
      values,
      labels.map((label) => label === 1),
    );
    const curve = precisionRecallCurve(cuts);
    expect(curve?.length).toBe(precision.length);
    curve?.toReversed().forEach((point, at) => {
      expect(point.precision).toBeCloseTo(precision[at] ?? Number.NaN, 14);
      expect(point.recall).toBeCloseTo(recall[at] ?? Number.NaN, 14);
      expect(point.threshold).toBe(thresholds[at] ?? Number.POSITIVE_INFINITY);
    });
  });

  test('does not exist without positive rows', () => {
    expect(precisionRecallCurve(rankCuts([0.1, 0.2], [false, false]))).toBeNull();
  });
});

describe('the breakdown by class', () => {
  const probabilities = Float64Array.from(
    [
      [0.8, 0.1, 0.1],
      [0.2, 0.7, 0.1],
      [0.3, 0.6, 0.1],
      [0.1, 0.8, 0.1],
    ].flat(),
  );

  test('tells what each class is like and what it is taken for', async () => {
    const [a, b] = await breakDownClasses(probabilities, [0, 0, 0, 1], ['a', 'b', 'c']);
    expect(a).toMatchObject({ support: 3, predicted: 1, precision: 1, recall: 1 / 3, f1: 0.5 });
    expect(a).toMatchObject({ mostlyTakenFor: { class: 'b', rows: 2 }, rocAuc: 1, averagePrecision: 1 });
    expect(b).toMatchObject({ support: 1, predicted: 3, precision: 1 / 3, recall: 1, mostlyTakenFor: null });
    expect(a?.recallInterval?.lower).toBeGreaterThan(0);
  });

  test('says null of what a class without rows does not define, and survives JSON', async () => {
    const breakdown = await breakDownClasses(probabilities, [0, 0, 0, 1], ['a', 'b', 'c']);
    expect(breakdown[2]).toEqual({
      class: 'c',
      support: 0,
      predicted: 0,
      precision: null,
      recall: null,
      recallInterval: null,
      f1: null,
      rocAuc: null,
      averagePrecision: null,
      mostlyTakenFor: null,
    });
    expect(JSON.parse(JSON.stringify(breakdown))).toEqual(breakdown);
  });
});
