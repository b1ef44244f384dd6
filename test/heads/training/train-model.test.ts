import { afterAll, describe, expect, test } from 'vitest';
import { BadInput } from '../../../errors/graft-error.js';
import { createFitPool } from '../../../heads/fit-pool.js';
import { fitHead } from '../../../heads/fit-head.js';
import type { HeadKind, Matrix } from '../../../heads/head.js';
import { checkCounts } from '../../../heads/training/check-counts.js';
import { type RouteInput, chooseRoute } from '../../../heads/training/choose-route.js';
import { trainModel } from '../../../heads/training/train-model.js';
import type { SplitRows, TrainingData } from '../../../heads/training/training-data.js';
import type { TrainingSettings } from '../../../heads/training/training-settings.js';
import { dominantMeanRows } from '../dominant-mean.js';
import { expectEqualHeads } from '../equal-heads.js';

const SETTINGS: TrainingSettings = { C: 1e-3, classWeight: 'none', tol: 1e-8, maxIterations: 1000 };
const ENOUGH = 2 ** 30;
/** Less than what keeps all in memory; one shard of it, and the solver's numbers. */
const LITTLE = 2 ** 21;

const fitPool = createFitPool();
afterAll(() => fitPool.close());

/** Rows of a matrix as a split, in shards of every third row. */
function splitOf({ columns, data }: Matrix, labels: readonly number[], chosen: readonly number[]): SplitRows {
  const take = (rows: readonly number[]): Matrix => {
    const taken = new Float32Array(rows.length * columns);
    rows.forEach((row, at) => taken.set(data.subarray(row * columns, (row + 1) * columns), at * columns));
    return { rows: rows.length, columns, data: taken };
  };
  const labelOf = (row: number): number => labels[row] ?? -1;
  return {
    rows: chosen.length,
    labels: chosen.map(labelOf),
    load: () => Promise.resolve(take(chosen)),
    async *shards() {
      for (const first of [2, 0, 1]) {
        await Promise.resolve();
        const at = [...chosen.keys()].filter((place) => place % 3 === first);
        const rows = at.map((place) => chosen[place] ?? 0);
        yield { at, features: take(rows), labels: rows.map(labelOf) };
      }
    },
  };
}

function openData(classCount: number): TrainingData & { readonly matrix: Matrix } {
  const { features, labels, classes } = dominantMeanRows(130, 200, classCount);
  const [first, last] = [[...Array(90).keys()], [...Array(40).keys()].map((row) => 90 + row)];
  const training = splitOf(features, labels, first);
  const matrix = { rows: 90, columns: 200, data: features.data.slice(0, 90 * 200) };
  return { classes, columns: 200, training, validation: splitOf(features, labels, last), matrix };
}

const KINDS: readonly HeadKind[] = ['logistic-regression', 'linear-svm'];

describe.each([2, 3])('a model of %d classes, of features with a dominant mean,', (classCount) => {
  const data = openData(classCount);

  test.each(KINDS)('a %s is the same in memory and streamed, and so is its calibrator', async (kind) => {
    const settings = { ...SETTINGS, ...(kind === 'linear-svm' && { kind }) };
    const expected = fitHead(kind, data.matrix, data.training.labels, data.classes, SETTINGS);
    const inMemory = await trainModel(data, settings, { fitPool, memoryBytes: ENOUGH });
    const streamed = await trainModel(data, settings, { fitPool, memoryBytes: LITTLE });
    expectEqualHeads(inMemory.head, expected, 1e-6);
    expectEqualHeads(streamed.head, expected, 1e-6);
    expect(inMemory.calibrator?.kind).toBe(
      kind === 'linear-svm' && classCount === 2 ? 'platt' : 'temperature',
    );
    for (const [name, value] of Object.entries(inMemory.calibrator ?? {}))
      if (typeof value === 'number')
        expect((streamed.calibrator as unknown as Record<string, number>)[name]).toBeCloseTo(value, 4);
  });

  test('auto chooses the same from inner products and streamed', async () => {
    const settings: TrainingSettings = { ...SETTINGS, kind: 'auto', tol: 1e-6 };
    const gram = await trainModel(data, settings, { fitPool, memoryBytes: ENOUGH });
    const streamed = await trainModel(data, settings, { fitPool, memoryBytes: LITTLE });
    expect(gram.selection?.winner).toMatchObject({ kind: gram.head.kind, C: gram.head.settings.C });
    expect(streamed.selection?.winner.kind).toBe(gram.selection?.winner.kind);
    expect(streamed.selection?.winner.decade).toBe(gram.selection?.winner.decade);
    expect(gram.selection?.candidates.length).toBeGreaterThanOrEqual(18);
    expect(gram.head.settings).not.toHaveProperty('kind');
  });
});

describe('what validation lacks', () => {
  const data = openData(2);
  const lacking = {
    ...data,
    validation: splitOf(data.matrix, Array<number>(90).fill(0), [0, 1, 2, 3, 4, 5]),
  };

  test('leaves logistic regression without a calibrator', async () => {
    const model = await trainModel(lacking, SETTINGS, { fitPool, memoryBytes: ENOUGH });
    expect(model).not.toHaveProperty('calibrator');
  });

  test.each([{ tune: true }, { kind: 'linear-svm' }] as const)('is refused for %j', async (more) => {
    const settings: TrainingSettings = { ...SETTINGS, ...more };
    const trained = trainModel(lacking, settings, { fitPool, memoryBytes: ENOUGH });
    await expect(trained).rejects.toThrow(BadInput);
  });
});

test('features that are not numbers are refused by their row, in memory and streamed', async () => {
  const data = openData(2);
  data.matrix.data[3] = Number.NaN;
  const training = splitOf(data.matrix, Array.from(data.training.labels), [...Array(90).keys()]);
  for (const memoryBytes of [ENOUGH, LITTLE])
    await expect(trainModel({ ...data, training }, SETTINGS, { fitPool, memoryBytes })).rejects.toThrow(
      /expected a finite number, received NaN/,
    );
});

test('a streamed fit ends with the signal’s reason and with what reading throws', async () => {
  const data = openData(2);
  const gone = new Error('the store is gone');
  const training: SplitRows = {
    ...data.training,
    shards: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(gone) }) }),
  };
  const deps = { fitPool, memoryBytes: LITTLE };
  await expect(trainModel({ ...data, training }, SETTINGS, deps)).rejects.toBe(gone);
  const signal = AbortSignal.abort(new Error('cancelled'));
  await expect(trainModel(data, SETTINGS, { ...deps, signal })).rejects.toThrow('cancelled');
});

describe('the route', () => {
  const input: RouteInput = {
    rows: 2_500,
    columns: 1_280,
    validationRows: 1_000,
    kinds: ['logistic-regression'],
    isSweep: false,
    memoryBytes: 2 ** 32,
  };

  test.each([
    ['many numbers', {}, 'gram'],
    ['a few rows', { rows: 300 }, 'columns'],
    ['a sweep over a few rows', { rows: 300, isSweep: true }, 'gram'],
    ['many rows of logistic regression', { rows: 10_000 }, 'columns'],
    ['many rows of a linear SVM', { rows: 10_000, kinds: ['linear-svm'] }, 'gram'],
    ['too many products', { rows: 10_000, kinds: ['linear-svm'], memoryBytes: 2 ** 29 }, 'columns'],
    ['too many features', { memoryBytes: 2 ** 24 }, 'streamed'],
  ] as const)('for %s', (_, more, route) => {
    expect(chooseRoute({ ...input, ...more })).toBe(route);
  });
});

describe('counts', () => {
  const three = { validation: { a: 5, b: 5, c: 5 } };

  test.each([
    [three, { threshold: { aim: 'f1' } }, 'tells two classes apart, and the data set has 3'],
    [{ validation: { a: 5, b: 0 } }, { tune: true }, 'has no picture of the class "b"'],
    [{ validation: { a: 2, b: 2 } }, { kind: 'auto' }, 'and it has 4 pictures: expected at least 5'],
    [{ validation: { a: 2, b: 0 } }, { kind: 'linear-svm' }, 'A linear SVM gets its probabilities by'],
    [{ validation: { a: 2, b: 0 } }, { threshold: { aim: 'f1' } }, 'The threshold is chosen by'],
  ] as const)('%j do not allow %j', (counts, more, sentence) => {
    expect(() => checkCounts(counts, { ...SETTINGS, ...more })).toThrow(sentence);
  });

  test('allow what they allow', () => {
    expect(() => checkCounts(three, { ...SETTINGS, kind: 'auto' })).not.toThrow();
    expect(() => checkCounts({ validation: { a: 0, b: 3 } }, SETTINGS)).not.toThrow();
  });
});
