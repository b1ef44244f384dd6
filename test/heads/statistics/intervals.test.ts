import { expect, test } from 'vitest';
import { averagePrecision } from '../../../heads/average-precision.js';
import { rankCuts } from '../../../heads/ranking.js';
import { rocAuc } from '../../../heads/roc.js';
import { bootstrapRankings } from '../../../heads/statistics/bootstrap-rankings.js';
import { quantile } from '../../../heads/statistics/interval.js';
import { seededRandom, shuffle } from '../../../heads/statistics/seeded-random.js';
import { wilsonInterval } from '../../../heads/statistics/wilson-interval.js';
import { reference } from './reference.js';

test.each(reference.wilson)("Wilson's interval of %i of %i is statsmodels'", (hits, rows, lower, upper) => {
  expect(wilsonInterval(hits, rows)?.lower).toBeCloseTo(lower, 13);
  expect(wilsonInterval(hits, rows)?.upper).toBeCloseTo(upper, 13);
});

test("Wilson's interval of 81 of 263 is the one that Newcombe published in 1998", () => {
  const { lower, upper } = wilsonInterval(81, 263) ?? {};
  expect([lower?.toFixed(4), upper?.toFixed(4)]).toEqual(['0.2553', '0.3662']);
});

test('a share of nothing has no interval, and counts that cannot be are refused', () => {
  expect(wilsonInterval(0, 0)).toBeNull();
  expect(() => wilsonInterval(3, 2)).toThrow('received 3 of 2');
});

test('quantiles lie on a line between their neighbours', () => {
  expect(quantile([1, 2, 4], 0.5)).toBe(2);
  expect(quantile([1, 2, 4], 0.75)).toBe(3);
  expect(quantile([1, 2, 4], 1)).toBe(4);
});

const { values, labels } = reference.binary;
/** Any score will do for a ranking. */
const binary = {
  probabilities: Float64Array.from(values.flatMap((value) => [-value, value])),
  labels,
  classes: ['a', 'b'],
  positive: 'b',
};

test("the bootstrap's intervals are those of scikit-learn's metrics on its resamples, up to chance", async () => {
  const { rocAuc: area, averagePrecision: precision } = await bootstrapRankings({
    ...binary,
    resamples: 5_000,
  });
  expect(Math.abs((area?.lower ?? 0) - reference.binary.bootstrapRocAuc[0])).toBeLessThan(0.006);
  expect(Math.abs((area?.upper ?? 0) - reference.binary.bootstrapRocAuc[1])).toBeLessThan(0.006);
  const [lower, upper] = reference.binary.bootstrapAveragePrecision;
  expect(Math.abs((precision?.lower ?? 0) - lower)).toBeLessThan(0.012);
  expect(Math.abs((precision?.upper ?? 0) - upper)).toBeLessThan(0.012);
});

test('sorting once gives what sorting every resample gives, ties included', async () => {
  const scores = [0.9, 0.8, 0.8, 0.5, 0.5, 0.5, 0.2, 0.1];
  const ids = [1, 1, 0, 1, 0, 0, 1, 0];
  const probabilities = Float64Array.from(scores.flatMap((score) => [1 - score, score]));
  const random = seededRandom(9);
  const draw = (id: number): number[] => {
    const rows = [...ids.keys()].filter((row) => ids[row] === id);
    return rows.map(() => rows[Math.floor(random() * rows.length)] ?? 0);
  };
  const resamples = Array.from({ length: 50 }, () => [...draw(0), ...draw(1)]);
  const measure = (metric: typeof rocAuc): number[] =>
    resamples
      .map(
        (rows) =>
          metric(
            rankCuts(
              rows.map((row) => scores[row] ?? 0),
              rows.map((row) => ids[row] === 1),
            ),
          ) ?? 0,
      )
      .sort((a, b) => a - b);
  const found = await bootstrapRankings({
    probabilities,
    labels: ids,
    classes: ['a', 'b'],
    positive: 'b',
    resamples: 50,
    seed: 9,
  });
  expect(found.rocAuc?.lower).toBeCloseTo(quantile(measure(rocAuc), 0.025), 13);
  expect(found.rocAuc?.upper).toBeCloseTo(quantile(measure(rocAuc), 0.975), 13);
  expect(found.averagePrecision?.lower).toBeCloseTo(quantile(measure(averagePrecision), 0.025), 13);
  expect(found.averagePrecision?.upper).toBeCloseTo(quantile(measure(averagePrecision), 0.975), 13);
});

test('the bootstrap is the same for the same seed, and another for another', async () => {
  const found = await bootstrapRankings(binary);
  expect(await bootstrapRankings(binary)).toEqual(found);
  expect(await bootstrapRankings({ ...binary, seed: 1 })).not.toEqual(found);
});

test('with three classes the rankings are averaged, and contain what was measured', async () => {
  const { values: rows, labels: ids } = reference.three;
  const probabilities = Float64Array.from(rows.flat());
  const { rocAuc: area } = await bootstrapRankings({
    probabilities,
    labels: ids,
    classes: ['a', 'b', 'c'],
    positive: 'a',
  });
  const measured =
    [0, 1, 2]
      .map(
        (id) =>
          rocAuc(
            rankCuts(
              rows.map((row) => row[id] ?? 0),
              ids.map((label) => label === id),
            ),
          ) ?? 0,
      )
      .reduce((sum, value) => sum + value) / 3;
  expect(area?.lower).toBeLessThan(measured);
  expect(area?.upper).toBeGreaterThan(measured);
  expect((area?.upper ?? 0) - (area?.lower ?? 0)).toBeLessThan(0.1);
});

test('where a class lacks rows there are no intervals', async () => {
  expect(await bootstrapRankings({ ...binary, labels: labels.map(() => 0) })).toEqual({
    rocAuc: null,
    averagePrecision: null,
  });
});

test('others get their turn while resamples are drawn: a heartbeat, for one', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await bootstrapRankings(binary);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});

test('random numbers are the same for a seed, within 0 and 1, and spread evenly', () => {
  const random = seededRandom(1);
  const numbers = Array.from({ length: 100_000 }, () => random());
  const again = seededRandom(1);
  expect(numbers.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => again()));
  expect(Math.min(...numbers.slice(0, 1_000))).toBeGreaterThanOrEqual(0);
  const tenths = Array.from(
    { length: 10 },
    (_, at) => numbers.filter((n) => Math.floor(n * 10) === at).length,
  );
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  expect(shuffle([1, 2, 3, 4], random).sort()).toEqual([1, 2, 3, 4]);
});
