import { fc } from '../../support/properties.js';
import { describe, expect, test } from 'vitest';
import { chooseThreshold, measureThreshold } from '../../../heads/calibration/threshold.js';

const validation = {
  probabilities: [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.2],
  positive: [true, true, false, true, true, false, false, false],
};

describe('a threshold is chosen', () => {
  test('for the best F1', () => {
    expect(chooseThreshold(validation, { aim: 'f1' })).toEqual({
      threshold: 0.6,
      precision: 0.8,
      recall: 1,
      f1: 8 / 9,
      accuracy: 7 / 8,
      truePositives: 4,
      falsePositives: 1,
      falseNegatives: 0,
      trueNegatives: 3,
    });
  });

  test('for a precision, with the highest recall that it allows', () => {
    expect(chooseThreshold(validation, { aim: 'precision', least: 0.9 })).toMatchObject({
      threshold: 0.9,
      precision: 1,
      recall: 0.5,
    });
    expect(chooseThreshold(validation, { aim: 'precision', least: 0.75 })).toMatchObject({ threshold: 0.6 });
  });

  test('for a recall, with the highest precision that it allows', () => {
    expect(chooseThreshold(validation, { aim: 'recall', least: 0.5 })).toMatchObject({
      threshold: 0.9,
      precision: 1,
    });
    expect(chooseThreshold(validation, { aim: 'recall', least: 0.51 })).toMatchObject({
      threshold: 0.6,
      recall: 1,
    });
  });

  test('as no other probability of validation would do better', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(rows, (pairs) => {
        const split = {
          probabilities: [...pairs.map(([tenth]) => tenth / 10), 0.3, 0.4],
          positive: [...pairs.map(([, positive]) => positive), true, false],
        };
        const chosen = chooseThreshold(split, { aim: 'f1' });
        for (const threshold of split.probabilities)
          expect(measureThreshold(split, threshold).f1 ?? 0).toBeLessThanOrEqual((chosen.f1 ?? 0) + 1e-12);
        const recalled = chooseThreshold(split, { aim: 'recall', least: 0.8 });
        expect(recalled.recall).toBeGreaterThanOrEqual(0.8);
      }),
    );
  });
});

test('a threshold that calls nothing positive has no precision', () => {
  expect(measureThreshold(validation, 0.99)).toMatchObject({
    precision: null,
    recall: 0,
    f1: 0,
    accuracy: 0.5,
  });
});

describe('a threshold is refused', () => {
  test('where no threshold reaches the precision, with the highest that is reached', () => {
    const rows = { probabilities: [0.9, 0.8, 0.7, 0.6], positive: [false, true, true, false] };
    expect(() => chooseThreshold(rows, { aim: 'precision', least: 0.9 })).toThrow(
      /^No threshold reaches a precision of 0\.9 on validation: the highest precision is 0\.6667, at recall 1\.0000\. Ask for less/,
    );
  });

  test.each([0, 1.1, Number.NaN])('for a precision of %d', (least) => {
    expect(() => chooseThreshold(validation, { aim: 'precision', least })).toThrow('above 0 and at most 1');
  });

  test('where validation lacks a class', () => {
    expect(() =>
      chooseThreshold({ ...validation, positive: Array<boolean>(8).fill(true) }, { aim: 'f1' }),
    ).toThrow('both classes');
  });
});
