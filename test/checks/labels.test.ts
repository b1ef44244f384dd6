import { beforeAll, describe, expect, test } from 'vitest';
import { checkLabels } from '../../checks/labels/check-labels.js';
import { findLabelSuspects } from '../../checks/labels/confident-learning.js';
import { crossValidate } from '../../checks/labels/cross-validate.js';
import { groupedFolds } from '../../checks/labels/grouped-folds.js';
import type { MultiplyRows } from '../../checks/neighbours/find-neighbours.js';
import { openMatrixProduct } from '../../heads/gram/matrix-product.js';
import { describeColumns } from '../../heads/column-statistics.js';
import { fitLogisticRegression } from '../../heads/logistic-regression.js';
import { predictProbabilities } from '../../heads/predict.js';
import type { Matrix } from '../../heads/head.js';
import { seededRandom, shuffle } from '../../heads/statistics/seeded-random.js';
import { CLASSES, generateClasses } from './generated-data.js';

let multiply: MultiplyRows;
beforeAll(async () => {
  const product = await openMatrixProduct(1);
  multiply = (a, b) => product.multiplySingleRows(a, b);
});

/** A copy of these rows. */
function takeRows({ columns, data }: Matrix, rows: readonly number[]): Matrix {
  const taken = rows.map((row) => data.subarray(row * columns, (row + 1) * columns));
  return { rows: rows.length, columns, data: Float32Array.from(taken.flatMap((row) => [...row])) };
}

/** 200 rows of two classes in turn, of which ten have the other's label. */
function mislabelled(columns: number) {
  const truth = Array.from({ length: 200 }, (_, row) => row % 2);
  const features = generateClasses(truth, columns, 5);
  const wrong = shuffle([...truth.keys()], seededRandom(6)).slice(0, 10);
  const labels = Int32Array.from(truth, (label, row) => (wrong.includes(row) ? 1 - label : label));
  const own = Int32Array.from(truth.keys());
  return { wrong, rows: { features, labels, classes: CLASSES, featureRow: own, groupOf: own } };
}

describe('labels that are wrong', () => {
  test('are found, most of them before any right one', async () => {
    const { wrong, rows } = mislabelled(20);
    const found = await checkLabels(rows, crossValidate(rows.features, multiply));
    const first = found?.suspects.slice(0, 10).map(({ row }) => row) ?? [];
    expect(first.filter((row) => wrong.includes(row)).length).toBeGreaterThanOrEqual(9);
    expect(found).toMatchObject({ looked: 200, leftOut: 0 });
    for (const { given, suggested } of found?.suspects ?? []) expect(suggested).toBe(1 - given);
  });

  test.each([2, 3])('are judged by folds in step as by exact heads, of %i classes', async (classCount) => {
    const truth = Array.from({ length: 150 }, (_, row) => row % classCount);
    const features = generateClasses(truth, 24, 5);
    const folded = {
      rows: [...truth.keys()],
      labels: Int32Array.from(truth, (label, row) => (row % 30 === 0 ? (label + 1) % classCount : label)),
      classes: ['food', 'non_food', 'plate'].slice(0, classCount),
      foldOf: Uint8Array.from(truth, (_, row) => Math.floor(row / classCount) % 5),
      folds: 5,
    };
    const { variance } = describeColumns(features, new Float64Array(150).fill(1));
    const C = 10 / variance.reduce((sum, each) => sum + each, 0);
    const exact = { C, classWeight: 'none', tol: 1e-8, maxIterations: 100 } as const;
    const found = await crossValidate(features, multiply)(folded);
    expect(found).toHaveLength(150 * classCount);
    for (let fold = 0; fold < 5; fold++) {
      const where = (isHeld: boolean) =>
        folded.rows.filter((row) => (folded.foldOf[row] === fold) === isHeld);
      const others = where(false);
      const labels = others.map((row) => folded.labels[row] ?? 0);
      const head = fitLogisticRegression(takeRows(features, others), labels, folded.classes, exact);
      const expected = predictProbabilities(head, takeRows(features, where(true)));
      where(true).forEach((row, at) => {
        for (let id = 0; id < classCount; id++)
          expect(found[row * classCount + id]).toBeCloseTo(expected[at * classCount + id] ?? 0, 1);
      });
    }
    // As many folds at once as may be changes nothing.
    const oneByOne = await crossValidate(features, multiply, { mostScores: 1 })(folded);
    found.forEach((value, at) => expect(oneByOne[at]).toBeCloseTo(value, 3));
  });

  test('a copy with the same wrong label does not vouch for it', async () => {
    const { wrong, rows } = mislabelled(20);
    const copied = wrong[0] ?? 0;
    // Ten copies of one picture, all wrong.
    const labels = Int32Array.from([...rows.labels, ...Array<number>(10).fill(rows.labels[copied] ?? 0)]);
    const featureRow = Int32Array.from([...rows.featureRow, ...Array<number>(10).fill(copied)]);
    const found = await checkLabels({ ...rows, labels, featureRow }, crossValidate(rows.features, multiply));
    expect(found?.suspects.filter(({ row }) => row >= 200)).toHaveLength(10);
  });

  test('of classes with fewer than five pictures are left out; of one class nothing is said', async () => {
    const { rows } = mislabelled(20);
    const few = Int32Array.from(rows.labels, (label, row) => (row < 4 ? 2 : label));
    const classes = [...CLASSES, 'plate'];
    const found = await checkLabels(
      { ...rows, labels: few, classes },
      crossValidate(rows.features, multiply),
    );
    expect(found).toMatchObject({ looked: 196, leftOut: 4 });
    expect(found?.suspects.every(({ row }) => row >= 4)).toBe(true);
    const one = new Int32Array(200);
    expect(
      await checkLabels({ ...rows, labels: one }, crossValidate(rows.features, multiply)),
    ).toBeUndefined();
  });

  test('are counted by thresholds of their classes and ranked by self-confidence', () => {
    // The first class is hard to tell (mean self-confidence 0.6), the second easy (0.9).
    const first = [0.9, 0.1, 0.8, 0.2, 0.65, 0.35, 0.05, 0.95];
    const second = [0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.7, 0.3];
    const probabilities = Float64Array.from([...first, ...second]);
    const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    const found = findLabelSuspects(probabilities, labels, 2);
    expect(found).toEqual([
      { row: 3, given: 0, suggested: 1, selfConfidence: 0.05, suggestedConfidence: 0.95 },
      { row: 7, given: 1, suggested: 0, selfConfidence: 0.3, suggestedConfidence: 0.7 },
    ]);
  });
});

describe('folds', () => {
  test('hold each group whole, and each class evenly', () => {
    const labels = Int32Array.from({ length: 60 }, (_, row) => (row < 40 ? 0 : 1));
    const groupOf = Int32Array.from({ length: 60 }, (_, row) => (row < 20 ? row - (row % 2) : row));
    const foldOf = groupedFolds(labels, groupOf, 2, 5, 1);
    for (let row = 0; row < 20; row += 2) expect(foldOf[row]).toBe(foldOf[row + 1]);
    const ofSecond = [0, 1, 2, 3, 4].map(
      (fold) => foldOf.subarray(40).filter((each) => each === fold).length,
    );
    expect(ofSecond).toEqual([4, 4, 4, 4, 4]);
    expect(groupedFolds(labels, groupOf, 2, 5, 1)).toEqual(foldOf);
  });
});
