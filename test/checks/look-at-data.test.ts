import { beforeAll, describe, expect, test } from 'vitest';
import { alterPicture, drawScene } from '../../bench/harness/synthetic-scenes.js';
import { lookAtData } from '../../checks/look-at-data.js';
import type { MultiplyRows } from '../../checks/neighbours/find-neighbours.js';
import { openMatrixProduct } from '../../heads/gram/matrix-product.js';
import { seededRandom } from '../../heads/statistics/seeded-random.js';
import { dataOf, generateClasses, pictureRow } from './generated-data.js';

let multiply: MultiplyRows;
beforeAll(async () => {
  const product = await openMatrixProduct(1);
  multiply = (a, b) => product.multiplySingleRows(a, b);
});

/** 60 pictures of two classes in three splits; one file is in two of them, one has two labels, one is a near duplicate. */
async function openData() {
  const random = seededRandom(9);
  const splitOf = (at: number) => (at < 40 ? 'training' : at < 50 ? 'validation' : 'evaluation');
  const rows = Array.from({ length: 60 }, (_, at) =>
    pictureRow(`p${at}`, splitOf(at), at % 2 === 0 ? 'food' : 'non_food'),
  );
  const matrix = generateClasses(
    rows.map((_, at) => at % 2),
    24,
    8,
  );
  const features = new Map(rows.map(({ sha256 }, at) => [sha256, matrix.data.slice(at * 24, (at + 1) * 24)]));
  const pictures = new Map<string, Uint8Array>();
  for (const { key } of rows.slice(0, 4)) pictures.set(key, await drawScene(random));
  // p52 shows what p2 shows.
  const [original, copy] = [rows[2], rows[52]];
  if (original === undefined || copy === undefined) throw new Error('expected rows');
  pictures.set(copy.key, await alterPicture(pictures.get(original.key) ?? Buffer.of()));
  features.set(
    copy.sha256,
    (features.get(original.sha256) ?? new Float32Array(24)).map((value) => value * 1.01),
  );
  const all = [
    ...rows,
    pictureRow('leak', 'evaluation', 'food', 'p0'),
    pictureRow('twice', 'training', 'food', 'p3'),
  ];
  const featureOf = (sha256: string) => features.get(sha256) ?? new Float32Array(24);
  return { all, featureOf, pictures, original, copy };
}

describe('looking at data', () => {
  test('finds identical files, near duplicates and both labels of one file', async () => {
    const { all, featureOf, pictures, original, copy } = await openData();
    const { data, deps } = dataOf(all, featureOf, multiply, { pictures });
    const found = await lookAtData(data, deps);
    expect(found).toMatchObject({ pictures: 62, distinct: 60, evaluated: 11 });
    expect(found.balance).toEqual({ food: 21, non_food: 20 });
    expect(found.identical.map((files) => files.map(({ split }) => split))).toEqual([
      ['training', 'evaluation'],
      ['training', 'training'],
    ]);
    if (typeof found.near === 'string' || typeof found.labels === 'string')
      throw new Error('expected findings');
    expect(found.near.pairs.map((pair) => pair.pictures.map(({ key }) => key))).toEqual([
      [original.key, copy.key],
    ]);
    expect(found.groups).toEqual([[original.sha256, copy.sha256]]);
    expect(found.labels.looked).toBe(51);
    expect(found.labels.suspects.map(({ picture }) => picture.key)).toContain(
      'datasets/meals/images/training/food/twice.jpg',
    );
  });

  test('reads features block by block where they take too much memory, and finds the same duplicates', async () => {
    const { all, featureOf, pictures } = await openData();
    const whole = dataOf(all, featureOf, multiply, { pictures });
    const expected = await lookAtData(whole.data, whole.deps);
    // 60 × 24 × 4 bytes are 5.8 kB; a megabyte is the least that the input takes, so the setting is given here.
    const small = dataOf(all, featureOf, multiply, { pictures, checks: { memoryMb: 0.006 } });
    const found = await lookAtData(small.data, small.deps);
    expect(Math.max(...small.asked)).toBeLessThan(60);
    expect(found.near).toEqual(expected.near);
    expect(found.outliers).toEqual(expected.outliers);
    expect(found.labels).toBe('The features take 1 MB, more than a third of memoryMb 0.006.');
  });

  test('looks at labels of the evaluation split only where it is asked to', async () => {
    const { all, featureOf, pictures } = await openData();
    const { data, deps } = dataOf(all, featureOf, multiply, { pictures, checks: { evaluationLabels: true } });
    expect((await lookAtData(data, deps)).labels).toMatchObject({ looked: 62 });
  });

  test('looks at no feature of more pictures than it may', async () => {
    const { all, featureOf } = await openData();
    const { data, deps, asked } = dataOf(all, featureOf, multiply, { checks: { mostPictures: 59 } });
    const found = await lookAtData(data, deps);
    expect(asked).toEqual([]);
    expect(found.labels).toBe('There are 60 distinct pictures, more than mostPictures 59.');
    expect(found.identical).toHaveLength(2);
  });
});
