import { beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../checks/neighbours/feature-rows.js';
import { type MultiplyRows, findNeighbours } from '../../checks/neighbours/find-neighbours.js';
import { openMatrixProduct } from '../../heads/gram/matrix-product.js';
import type { Matrix } from '../../heads/head.js';
import { seededRandom } from '../../heads/statistics/seeded-random.js';

let multiply: MultiplyRows;
beforeAll(async () => {
  const product = await openMatrixProduct(1);
  multiply = (a, b) => product.multiplySingleRows(a, b);
});

/** Numbers around 5, so that uncentred cosines are all near 1. */
function generate(rows: number, columns: number, seed: number): Matrix {
  const random = seededRandom(seed);
  return { rows, columns, data: Float32Array.from({ length: rows * columns }, () => 5 + random()) };
}

/** Cosines of centred rows, by a plain loop in float64. */
function cosines({ rows, columns, data }: Matrix): number[][] {
  const row = (at: number): number[] => [...data.subarray(at * columns, (at + 1) * columns)];
  const mean = Array.from({ length: columns }, (_, c) => {
    let sum = 0;
    for (let at = 0; at < rows; at++) sum += (data[at * columns + c] ?? 0) / rows;
    return sum;
  });
  const units = Array.from({ length: rows }, (_, at) => {
    const centred = row(at).map((value, c) => value - (mean[c] ?? 0));
    const length = Math.hypot(...centred);
    return centred.map((value) => value / length);
  });
  return units.map((a) => units.map((b) => a.reduce((sum, value, c) => sum + value * (b[c] ?? 0), 0)));
}

describe('the nearest neighbours of every row', () => {
  test('are those of a plain loop', async () => {
    const features = generate(60, 12, 1);
    const { ids, similarities, k } = await findNeighbours(rowsOf(features), multiply);
    for (const [row, ofRow] of cosines(features).entries()) {
      const others = [...ofRow.keys()].filter((other) => other !== row);
      const best = others.sort((a, b) => (ofRow[b] ?? 0) - (ofRow[a] ?? 0)).slice(0, k);
      expect([...ids.subarray(row * k, (row + 1) * k)]).toEqual(best);
      expect(similarities[row * k]).toBeCloseTo(ofRow[best[0] ?? 0] ?? 0, 4);
    }
  });

  test('do not depend on the blocks that they are searched in', async () => {
    const features = rowsOf(generate(50, 8, 2));
    const whole = await findNeighbours(features, multiply);
    const inBlocks = await findNeighbours(features, multiply, { blockBytes: 7 * 8 * 4 });
    expect(inBlocks.ids).toEqual(whole.ids);
  });

  test('are fewer than asked for where there are no more rows', async () => {
    const { ids, similarities } = await findNeighbours(rowsOf(generate(2, 4, 3)), multiply, {
      k: 3,
    });
    expect([...ids]).toEqual([1, -1, -1, 0, -1, -1]);
    expect(similarities[1]).toBe(Number.NEGATIVE_INFINITY);
  });

  test('are refused for features that are no numbers', async () => {
    const features = generate(4, 3, 4);
    features.data[5] = Number.NaN;
    await expect(findNeighbours(rowsOf(features), multiply)).rejects.toThrow('expected a finite number');
  });

  test('a row that equals the mean is similar to nothing', async () => {
    const data = Float32Array.of(1, 1, -1, -1, 0, 0);
    const { similarities } = await findNeighbours(rowsOf({ rows: 3, columns: 2, data }), multiply, {
      k: 1,
    });
    expect(similarities[2]).toBe(0);
  });
});
