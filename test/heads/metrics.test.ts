import { describe, expect, test } from 'vitest';
import { averagePrecision } from '../../heads/average-precision.js';
import { confusionMatrix } from '../../heads/confusion-matrix.js';
import { evaluateSplit } from '../../heads/evaluate-split.js';
import { logLoss } from '../../heads/log-loss.js';
import { rankCuts } from '../../heads/ranking.js';
import { rocAuc, rocCurve } from '../../heads/roc.js';

// Expected numbers are those of scikit-learn 1.9.1.

describe('rankings with ties', () => {
  const scores = [0.9, 0.9, 0.8, 0.8, 0.8, 0.3, 0.3, 0.1, 0.1];
  const positive = [1, 0, 1, 1, 0, 1, 0, 0, 0].map((label) => label === 1);

  test('give one point of the ROC curve per score', () => {
    expect(rocCurve(rankCuts(scores, positive))).toEqual([
      { threshold: Number.POSITIVE_INFINITY, falsePositiveRate: 0, truePositiveRate: 0 },
      { threshold: 0.9, falsePositiveRate: 0.2, truePositiveRate: 0.25 },
      { threshold: 0.8, falsePositiveRate: 0.4, truePositiveRate: 0.75 },
      { threshold: 0.3, falsePositiveRate: 0.6, truePositiveRate: 1 },
      { threshold: 0.1, falsePositiveRate: 1, truePositiveRate: 1 },
    ]);
  });

  test('have the area and the average precision of scikit-learn', () => {
    const cuts = rankCuts(scores, positive);
    expect(rocAuc(cuts)).toBeCloseTo(0.7, 14);
    expect(averagePrecision(cuts)).toBeCloseTo(0.5678571428571428, 14);
  });

  test('do not depend on the order of the rows', () => {
    expect(rankCuts(scores.toReversed(), positive.toReversed())).toEqual(rankCuts(scores, positive));
  });
});

test.each([3, 7, 49, 1_000, 2_999])('%i rows that are perfectly told apart score 1, exactly', (count) => {
  const scores = Array.from({ length: 2 * count }, (_, row) => 1 - row / (2 * count));
  const positive = scores.map((_, row) => row < count);
  expect(averagePrecision(rankCuts(scores, positive))).toBe(1);
  expect(rocAuc(rankCuts(scores, positive))).toBe(1);
});

describe('a split that lacks a class', () => {
  const probabilities = Float64Array.of(0.9, 0.1, 0.2, 0.8);

  test('has no ROC curve, and its metrics survive JSON', async () => {
    const metrics = await evaluateSplit({
      probabilities,
      labels: [0, 0],
      classes: ['a', 'b'],
      positive: 'a',
    });
    expect(metrics).toMatchObject({ accuracy: 0.5, rocAuc: null, averagePrecision: 1, support: [2, 0] });
    expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
  });

  test('has no average precision where the positive class is the one', async () => {
    const metrics = await evaluateSplit({
      probabilities,
      labels: [0, 0],
      classes: ['a', 'b'],
      positive: 'b',
    });
    expect(metrics).toMatchObject({ rocAuc: null, averagePrecision: null });
  });

  test('has neither where there are three classes', async () => {
    const three = Float64Array.of(0.5, 0.3, 0.2, 0.1, 0.8, 0.1);
    const metrics = await evaluateSplit({
      probabilities: three,
      labels: [0, 1],
      classes: ['a', 'b', 'c'],
      positive: 'c',
    });
    expect(metrics).toMatchObject({ accuracy: 1, rocAuc: null, averagePrecision: null, support: [1, 1, 0] });
  });
});

test('with more than two classes the rankings are averaged, each class against the rest', async () => {
  const probabilities = Float64Array.from(
    [
      [0.5, 0.3, 0.2],
      [0.2, 0.5, 0.3],
      [0.1, 0.2, 0.7],
      [0.4, 0.4, 0.2],
      [0.3, 0.3, 0.4],
      [0.2, 0.6, 0.2],
    ].flat(),
  );
  const metrics = await evaluateSplit({
    probabilities,
    labels: [0, 1, 2, 1, 2, 0],
    classes: ['a', 'b', 'c'],
    positive: 'c',
  });
  expect(metrics.rocAuc).toBeCloseTo(0.8125, 14);
  expect(metrics.averagePrecision).toBeCloseTo(0.7611111111111111, 14);
  expect(metrics.logLoss).toBeCloseTo(0.8641647802068388, 14);
});

test('the positive class decides which column is ranked', async () => {
  const probabilities = Float64Array.of(0.9, 0.1, 0.6, 0.4, 0.7, 0.3, 0.2, 0.8);
  const of = (positive: string) =>
    evaluateSplit({ probabilities, labels: [0, 0, 1, 1], classes: ['a', 'b'], positive });
  expect((await of('a')).averagePrecision).toBeCloseTo(5 / 6, 14);
  expect((await of('b')).averagePrecision).toBeCloseTo(5 / 6, 14);
  expect((await of('a')).rocAuc).toBe(0.75);
  const lone = { probabilities, labels: [0, 1, 1, 1], classes: ['a', 'b'], positive: 'a' };
  expect((await evaluateSplit(lone)).averagePrecision).toBe(1);
});

test('one certain mistake costs the log loss 36 and not infinity', () => {
  expect(logLoss(Float64Array.of(0, 1, 0.2, 0.8), [0, 1], 2)).toBeCloseTo(18.13339847021568, 12);
});

test('the confusion matrix counts true classes down and predicted classes across', () => {
  expect(confusionMatrix([0, 0, 1, 2], [0, 2, 1, 1], 3)).toEqual([
    [1, 0, 1],
    [0, 1, 0],
    [0, 1, 0],
  ]);
});

describe('a split is refused', () => {
  const good = { probabilities: Float64Array.of(0.9, 0.1), labels: [0], classes: ['a', 'b'], positive: 'a' };
  test.each([
    { title: 'without rows', change: { labels: [], probabilities: new Float64Array(0) }, message: /no rows/ },
    {
      title: 'with too few probabilities',
      change: { labels: [0, 1] },
      message: /Expected 2 × 2 .* received 2\./,
    },
    { title: 'with an unknown positive class', change: { positive: 'food' }, message: /"food" is none of/ },
    { title: 'with a label out of range', change: { labels: [2] }, message: /Row 0 has class id 2/ },
  ])('$title', async ({ change, message }) => {
    await expect(evaluateSplit({ ...good, ...change })).rejects.toThrow(message);
  });
});
