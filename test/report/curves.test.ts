import { describe, expect, test } from 'vitest';
import { classCurves } from '../../report/curves.js';
import { BINS, histogram } from '../../report/histogram.js';
import type { ScoredImage } from '../../report/report-input.js';

const scored = (truth: string, probability: number): ScoredImage => ({
  name: 'a.jpg',
  class: truth,
  predicted: probability >= 0.5 ? 'cat' : 'dog',
  probabilities: [probability, 1 - probability],
});

describe('the curves of a class', () => {
  // The example of scikit-learn's documentation of roc_curve and average_precision_score.
  const images = [scored('dog', 0.1), scored('dog', 0.4), scored('cat', 0.35), scored('cat', 0.8)];

  test('are those of scikit-learn', () => {
    const curves = classCurves(images, ['cat', 'dog'], 0);
    expect(curves?.roc).toEqual([
      [0, 0],
      [0, 0.5],
      [0.5, 0.5],
      [0.5, 1],
      [1, 1],
    ]);
    expect(curves?.rocAuc).toBe(0.75);
    expect(curves?.averagePrecision).toBeCloseTo(0.8333, 4);
    expect(curves?.precisionRecall).toEqual([
      [0, 1],
      [0.5, 1],
      [0.5, 0.5],
      [1, 2 / 3],
      [1, 0.5],
    ]);
    expect(curves?.prevalence).toBe(0.5);
  });

  test('do not exist where every picture is of the class, or none', () => {
    expect(classCurves([scored('cat', 0.9)], ['cat', 'dog'], 0)).toBeUndefined();
    expect(classCurves([scored('cat', 0.9)], ['cat', 'dog'], 1)).toBeUndefined();
    expect(classCurves([], ['cat', 'dog'], 0)).toBeUndefined();
  });

  test('have only their corners, however many pictures there are', () => {
    const sorted = Array.from({ length: 1000 }, (_, i) => scored(i < 500 ? 'dog' : 'cat', i / 1000));
    expect(classCurves(sorted, ['cat', 'dog'], 0)?.roc).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
    ]);
  });
});

describe('a histogram', () => {
  test('counts a score on a border in the bin above it, and 1 in the last', () => {
    const counts = histogram([0, 0.049, 0.05, 0.15, 0.5, 1]);
    expect(counts).toHaveLength(BINS);
    expect(Object.entries(counts).filter(([, count]) => count > 0)).toEqual([
      ['0', 2],
      ['1', 1],
      ['3', 1],
      ['10', 1],
      ['19', 1],
    ]);
  });
});
