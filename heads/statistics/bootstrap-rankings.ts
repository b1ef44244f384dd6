import { setImmediate } from 'node:timers/promises';
import { type Interval, quantile } from './interval.js';
import { seededRandom } from './seeded-random.js';

export interface BootstrapRankingsInput {
  /** Rows × classes, row-major. */
  readonly probabilities: Float64Array;
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  /** In the label encoder's order. */
  readonly classes: readonly string[];
  /** The class that the metrics are about where there are two; one of `classes`. */
  readonly positive: string;
  /** Default 1,000. */
  readonly resamples?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** 95 % intervals; `null` where a class lacks rows, for then neither metric is defined. */
export interface RankingIntervals {
  readonly rocAuc: Interval | null;
  readonly averagePrecision: Interval | null;
}

const RESAMPLES = 1_000;

/**
 * 95 % percentile intervals of ROC AUC and average precision by a stratified bootstrap (B. Efron and R. J. Tibshirani,
 * An Introduction to the Bootstrap, 1993, chapter 13): each resample draws, within every class, as many rows as it has,
 * with replacement. The metrics are those of `evaluateSplit`: of `positive` where there are two classes, else the mean
 * over all classes, each against the rest. Where every resample ranks perfectly the interval has no width.
 *
 * Rows are sorted once; a resample only changes how often each counts, so it takes time in proportion to the rows (and,
 * from three classes on, to the classes). Others get their turn in between.
 */
export async function bootstrapRankings(input: BootstrapRankingsInput): Promise<RankingIntervals> {
  const { labels, classes, positive, resamples = RESAMPLES, seed = 0 } = input;
  const strata = classes.map((_, id) =>
    Uint32Array.from(Array.from(labels, (label, row) => (label === id ? row : -1)).filter((row) => row >= 0)),
  );
  if (strata.some((stratum) => stratum.length === 0)) return { rocAuc: null, averagePrecision: null };
  const ids = classes.length === 2 ? [classes.indexOf(positive)] : classes.map((_, id) => id);
  const rankings: Ranking[] = [];
  for (const id of ids) {
    await setImmediate();
    rankings.push(rankRows(input, id));
  }
  const random = seededRandom(seed);
  const areas = new Float64Array(resamples);
  const precisions = new Float64Array(resamples);
  const times = new Uint32Array(labels.length);
  for (let at = 0; at < resamples; at++) {
    await setImmediate();
    drawRows(strata, times, random);
    const measured = rankings.map((ranking) => measure(ranking, times));
    areas[at] = mean(measured.map(([area]) => area));
    precisions[at] = mean(measured.map(([, precision]) => precision));
  }
  return { rocAuc: percentiles(areas), averagePrecision: percentiles(precisions) };
}

/** The rows by the score of one class, highest first. */
interface Ranking {
  readonly order: Uint32Array;
  /** By place: whether the row is of the class. */
  readonly positive: Uint8Array;
  /** By place: whether the next row's score is another one. */
  readonly endsTie: Uint8Array;
}

function rankRows({ probabilities, labels, classes }: BootstrapRankingsInput, id: number): Ranking {
  const score = (row: number): number => probabilities[row * classes.length + id] ?? 0;
  const order = Uint32Array.from({ length: labels.length }, (_, row) => row);
  order.sort((a, b) => score(b) - score(a));
  return {
    order,
    positive: Uint8Array.from(order, (row) => Number(labels[row] === id)),
    endsTie: Uint8Array.from(order, (row, place) =>
      Number(place + 1 === order.length || score(order[place + 1] ?? 0) !== score(row)),
    ),
  };
}

/** Fills `times` with how often each row was drawn. */
function drawRows(strata: readonly Uint32Array[], times: Uint32Array, random: () => number): void {
  times.fill(0);
  for (const stratum of strata)
    for (let draw = 0; draw < stratum.length; draw++) {
      const row = stratum[Math.floor(random() * stratum.length)] ?? 0;
      times[row] = (times[row] ?? 0) + 1;
    }
}

/** ROC AUC and average precision where each row counts as often as it was drawn. */
function measure({ order, positive, endsTie }: Ranking, times: Uint32Array): readonly [number, number] {
  let truePositives = 0;
  let falsePositives = 0;
  let truesBefore = 0;
  let falsesBefore = 0;
  let doubledPairs = 0;
  let precisions = 0;
  for (let place = 0; place < order.length; place++) {
    const count = times[order[place] ?? 0] ?? 0;
    if (positive[place] === 1) truePositives += count;
    else falsePositives += count;
    if (endsTie[place] === 0) continue;
    doubledPairs += (falsePositives - falsesBefore) * (truePositives + truesBefore);
    if (truePositives > truesBefore)
      precisions += ((truePositives - truesBefore) * truePositives) / (truePositives + falsePositives);
    truesBefore = truePositives;
    falsesBefore = falsePositives;
  }
  return [doubledPairs / (2 * truePositives * falsePositives), precisions / truePositives];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function percentiles(values: Float64Array): Interval {
  const sorted = values.toSorted();
  return { lower: quantile(sorted, 0.025), upper: quantile(sorted, 0.975) };
}
