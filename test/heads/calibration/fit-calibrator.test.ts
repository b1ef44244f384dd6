import { fc } from '../../support/properties.js';
import { describe, expect, test } from 'vitest';
import { applyCalibrator } from '../../../heads/calibration/calibrator.js';
import { decodeCalibrator, encodeCalibrator } from '../../../heads/calibration/calibrator-file.js';
import { crossFit } from '../../../heads/calibration/cross-fit.js';
import { type ScoredRows, fitCalibrator } from '../../../heads/calibration/fit-calibrator.js';
import { stratifiedFolds } from '../../../heads/calibration/stratified-folds.js';
import { fitTemperature } from '../../../heads/calibration/temperature.js';
import { logLoss } from '../../../heads/log-loss.js';
import { reference } from '../statistics/reference.js';

const svm: ScoredRows = {
  head: 'linear-svm',
  decisionValues: Float64Array.from(reference.binary.values),
  labels: reference.binary.labels,
  classes: ['a', 'b'],
};
const regression: ScoredRows = { ...svm, head: 'logistic-regression' };
const three: ScoredRows = {
  head: 'linear-svm',
  decisionValues: Float64Array.from(reference.three.values.flat()),
  labels: reference.three.labels,
  classes: ['a', 'b', 'c'],
};

const temperatureOf = (rows: ScoredRows): number => {
  const calibrator = fitCalibrator(rows);
  return calibrator.kind === 'temperature' ? calibrator.temperature : Number.NaN;
};
const plattOf = (rows: ScoredRows): readonly [number, number] => {
  const calibrator = fitCalibrator(rows);
  return calibrator.kind === 'platt' ? [calibrator.a, calibrator.b] : [Number.NaN, Number.NaN];
};

describe('a temperature', () => {
  test("is the minimum that SciPy finds, of two classes' log odds and three classes' margins", () => {
    expect(temperatureOf(regression) / reference.binary.temperature).toBeCloseTo(1, 9);
    expect(temperatureOf(three) / reference.three.temperature).toBeCloseTo(1, 9);
    const probabilities = applyCalibrator(
      fitCalibrator(three),
      'linear-svm',
      three.decisionValues,
      three.classes,
    );
    expect(logLoss(probabilities, three.labels, 3)).toBeCloseTo(reference.three.logLossThere, 13);
  });

  test.each([1e-6, 1e6])('goes with the scale of the decision values (times %d)', (scale) => {
    const scaled = { ...three, decisionValues: three.decisionValues.map((value) => value * scale) };
    expect(temperatureOf(scaled) / (temperatureOf(three) * scale)).toBeCloseTo(1, 9);
  });

  test('of a head that is right on every row claims what so many hits allow', () => {
    const rows = { ...regression, decisionValues: Float64Array.of(-1, -3, 2, 1), labels: [0, 0, 1, 1] };
    const probabilities = applyCalibrator(
      fitCalibrator(rows),
      'logistic-regression',
      rows.decisionValues,
      rows.classes,
    );
    expect(logLoss(probabilities, rows.labels, 2)).toBeCloseTo(Math.log(6 / 5), 12);
  });

  test('of a head that is always wrong makes all classes equally likely', () => {
    const rows = { ...regression, decisionValues: Float64Array.of(2, 1, -2, -1), labels: [0, 0, 1, 1] };
    const probabilities = applyCalibrator(
      fitCalibrator(rows),
      'logistic-regression',
      rows.decisionValues,
      rows.classes,
    );
    for (const probability of probabilities) expect(probability).toBeCloseTo(0.5, 5);
  });

  test('is 1 where all decision values are the same', () => {
    expect(temperatureOf({ ...regression, decisionValues: new Float64Array(150) })).toBe(1);
  });

  test('is finite and above 0 whatever the values, and no neighbour of it has less loss', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: -8_000, max: 8_000 }), fc.nat(1)), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, (pairs) => {
        const values = Float64Array.from(pairs, ([eighths]) => eighths / 8);
        const labels = pairs.map(([, label]) => label);
        const temperature = fitTemperature(values, labels, 2);
        expect(temperature).toBeGreaterThan(0);
        expect(temperature).toBeLessThan(Number.POSITIVE_INFINITY);
        const lossAt = (T: number): number =>
          logLoss(
            applyCalibrator({ kind: 'temperature', temperature: T }, 'logistic-regression', values, [
              'a',
              'b',
            ]),
            labels,
            2,
          );
        const capped =
          lossAt(temperature) <= Math.log((labels.length + 2) / (labels.length + 1)) * (1 + 1e-9);
        expect(lossAt(temperature)).toBeLessThanOrEqual(lossAt(temperature * 1.1) + 1e-6);
        if (!capped) expect(lossAt(temperature)).toBeLessThanOrEqual(lossAt(temperature / 1.1) + 1e-6);
      }),
    );
  });
});

describe("Platt's sigmoid", () => {
  test("is the minimum that SciPy finds, and scikit-learn's up to the latter's tolerance", () => {
    const [a, b] = plattOf(svm);
    expect(a).toBeCloseTo(reference.binary.platt[0], 9);
    expect(b).toBeCloseTo(reference.binary.platt[1], 9);
    expect(a).toBeCloseTo(reference.binary.plattOfSklearn[0], 3);
    expect(b).toBeCloseTo(reference.binary.plattOfSklearn[1], 3);
  });

  test.each([1e-7, 1e7])('goes with the scale of the decision values (times %d)', (scale) => {
    const [a, b] = plattOf({ ...svm, decisionValues: svm.decisionValues.map((value) => value * scale) });
    expect((a * scale) / plattOf(svm)[0]).toBeCloseTo(1, 9);
    expect(b).toBeCloseTo(plattOf(svm)[1], 9);
  });

  test('is finite where the classes do not overlap, and says the smoothed shares', () => {
    const rows = { ...svm, decisionValues: Float64Array.of(-2, -2, -2, 2, 2), labels: [0, 0, 0, 1, 1] };
    const probabilities = applyCalibrator(
      fitCalibrator(rows),
      'linear-svm',
      rows.decisionValues,
      rows.classes,
    );
    expect(probabilities[1]).toBeCloseTo(1 / 5, 8);
    expect(probabilities[9]).toBeCloseTo(3 / 4, 8);
  });

  test('says the smoothed share where the decision values tell nothing', () => {
    const rows = { ...svm, decisionValues: new Float64Array(4), labels: [0, 0, 0, 1] };
    const probabilities = applyCalibrator(
      fitCalibrator(rows),
      'linear-svm',
      rows.decisionValues,
      rows.classes,
    );
    expect(probabilities[1]).toBeCloseTo((3 / 5 + 2 / 3) / 4, 8);
  });
});

describe('cross-fitting', () => {
  test('gives every row the probabilities of a calibrator that has not seen it', () => {
    const { probabilities, logLoss: loss } = crossFit(svm, { seed: 2 });
    const foldOf = stratifiedFolds(svm.labels, 2, 5, 2);
    const others = [...foldOf.keys()].filter((row) => foldOf[row] !== foldOf[0]);
    const calibrator = fitCalibrator({
      ...svm,
      decisionValues: Float64Array.from(others, (row) => svm.decisionValues[row] ?? 0),
      labels: others.map((row) => svm.labels[row] ?? 0),
    });
    const first = applyCalibrator(calibrator, 'linear-svm', svm.decisionValues.slice(0, 1), svm.classes);
    expect([...probabilities.slice(0, 2)]).toEqual([...first]);
    expect(loss).toBe(logLoss(probabilities, svm.labels, 2));
    const inSample = applyCalibrator(fitCalibrator(svm), 'linear-svm', svm.decisionValues, svm.classes);
    expect(loss).toBeGreaterThan(logLoss(inSample, svm.labels, 2));
  });

  test('is the same for the same seed, and another for another', () => {
    expect(crossFit(three)).toEqual(crossFit(three));
    expect(crossFit(three, { seed: 1 }).logLoss).not.toBe(crossFit(three).logLoss);
  });

  test('deals every class and all rows evenly', () => {
    const labels = Array.from({ length: 103 }, (_, row) => (row % 7 === 0 ? 1 : row % 3 === 0 ? 2 : 0));
    const folds = stratifiedFolds(labels, 3, 5, 8);
    const sizes = (of: (row: number) => boolean): number[] =>
      [0, 1, 2, 3, 4].map((fold) => labels.filter((_, row) => folds[row] === fold && of(row)).length);
    for (const counts of [sizes(() => true), ...[0, 1, 2].map((id) => sizes((row) => labels[row] === id))])
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(stratifiedFolds(labels, 3, 5, 8)).toEqual(folds);
  });
});

describe('calibration is refused', () => {
  test.each([
    {
      title: 'without rows',
      change: { labels: [], decisionValues: new Float64Array(0) },
      message: /received none/,
    },
    { title: 'of other shapes', change: { labels: [0, 1] }, message: /2 × 1 decision values.* received 150/ },
    {
      title: 'of NaN',
      change: { decisionValues: new Float64Array(150).fill(Number.NaN) },
      message: /row 0.* NaN/,
    },
    { title: 'with one class', change: { classes: ['a'] }, message: /at least two classes/ },
    {
      title: 'with an unknown label',
      change: { labels: Array<number>(150).fill(2) },
      message: /from 0 to 1, received 2/,
    },
  ])('$title', ({ change, message }) => {
    expect(() => fitCalibrator({ ...svm, ...change })).toThrow(message);
  });

  test('with a calibrator of another kind of head', () => {
    expect(() =>
      applyCalibrator({ kind: 'platt', a: -1, b: 0 }, 'linear-svm', three.decisionValues, three.classes),
    ).toThrow('is calibrated by temperature, received platt');
  });
});

describe('calibrator.json', () => {
  test.each([
    { kind: 'temperature', temperature: 1.3 } as const,
    { kind: 'platt', a: -2.123456789012345, b: 1e-17 } as const,
  ])('comes back as it was: $kind', (calibrator) => {
    expect(decodeCalibrator(encodeCalibrator(calibrator))).toEqual(calibrator);
  });

  test.each([
    {
      title: 'a temperature of 0',
      text: '{"format":"graft-calibrator-1","kind":"temperature","temperature":0}',
    },
    { title: 'another format', text: '{"format":"graft-calibrator-2","kind":"platt","a":1,"b":1}' },
    { title: 'an unknown field', text: '{"format":"graft-calibrator-1","kind":"platt","a":1,"b":1,"c":1}' },
    { title: 'another kind', text: '{"format":"graft-calibrator-1","kind":"isotonic"}' },
    { title: 'no JSON', text: 'null and void' },
  ])('is refused with $title', ({ text }) => {
    expect(() => decodeCalibrator(Buffer.from(text))).toThrow(
      /calibrator\.json is damaged.*Calibrate the model again/,
    );
  });

  test('is never written with what JSON does not have', () => {
    expect(() => encodeCalibrator({ kind: 'platt', a: Number.NaN, b: 0 })).toThrow();
  });
});
