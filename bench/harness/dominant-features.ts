import type { Matrix } from '../../heads/head.js';

export interface DominantFeatures {
  readonly features: Matrix;
  /** 0 or 1, one per row. */
  readonly labels: readonly number[];
  /** Share of the numbers that are 0. */
  readonly zeros: number;
  /** The largest eigenvalue of the features as they are, over the sum of all. */
  readonly topShare: number;
  /** Mean squared distance of a row to the mean. */
  readonly spread: number;
}

/** What rows have in common by twos and threes: directions of falling weight. */
const FACTORS = 48;
/** Of these the first decide a row's class, up to noise. */
const TELLING_FACTORS = 20;
/** Columns that are above 0 in nearly every row, and so make the mean; the others mostly are 0. */
const ACTIVE_SHARE = 0.25;

/** Features as VGG16's after its ReLU: a mean that dominates, 60 % zeros, a falling spectrum, classes that overlap. */
export function generateFeatures(rows: number, columns: number, seed: number): DominantFeatures {
  const random = createNormals(seed);
  const means = Float64Array.from({ length: columns }, () =>
    random.uniform() < ACTIVE_SHARE ? 6 * Math.exp(0.5 * random.normal()) : -1.6,
  );
  const loadings = Array.from({ length: FACTORS }, (_, factor) =>
    Float64Array.from({ length: columns }, () => (0.8 * random.normal()) / Math.sqrt(1 + factor)),
  );
  const data = new Float32Array(rows * columns);
  const labels: number[] = [];
  const row = new Float64Array(columns);
  for (let at = 0; at < rows; at++) {
    const scores = Float64Array.from({ length: FACTORS }, () => random.normal());
    row.set(means);
    loadings.forEach((loading, factor) => addScaled(row, scores[factor] ?? 0, loading));
    for (let column = 0; column < columns; column++)
      data[at * columns + column] = Math.max(0, (row[column] ?? 0) + 0.9 * random.normal());
    const telling = scores.slice(0, TELLING_FACTORS).reduce((sum, score) => sum + score, 0);
    labels.push(Number(0.7 * telling + random.normal() > 0));
  }
  return { features: { rows, columns, data }, labels, ...describe({ rows, columns, data }) };
}

function addScaled(target: Float64Array, factor: number, vector: Float64Array): void {
  for (let at = 0; at < target.length; at++) target[at] = (target[at] ?? 0) + factor * (vector[at] ?? 0);
}

function describe({ rows, columns, data }: Matrix): Pick<DominantFeatures, 'zeros' | 'topShare' | 'spread'> {
  const mean = new Float64Array(columns);
  let squares = 0;
  let zeros = 0;
  for (let at = 0; at < data.length; at++) {
    const value = data[at] ?? 0;
    squares += value * value;
    if (value === 0) zeros++;
    mean[at % columns] = (mean[at % columns] ?? 0) + value / rows;
  }
  // The mean is the top direction up to a little, and a vector's Rayleigh quotient is a lower bound of the eigenvalue.
  const squared = mean.reduce((sum, value) => sum + value * value, 0);
  let along = 0;
  for (let row = 0; row < rows; row++) {
    let score = 0;
    for (let column = 0; column < columns; column++)
      score += (data[row * columns + column] ?? 0) * (mean[column] ?? 0);
    along += (score * score) / squared;
  }
  return { zeros: zeros / data.length, topShare: along / squares, spread: squares / rows - squared };
}

/** Uniform numbers of a 32-bit generator (mulberry32), and normal ones of pairs of these (Box and Muller, 1958). */
function createNormals(seed: number) {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal };
}
