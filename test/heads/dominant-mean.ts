import type { Matrix } from '../../heads/head.js';

export interface DominantMeanRows {
  readonly features: Matrix;
  readonly labels: readonly number[];
  readonly classes: readonly string[];
  /** The largest eigenvalue's share of the sum of all, of the features as they are: at least 0.9. */
  readonly topShare: number;
  readonly zeros: number;
}

/** Features as after a ReLU: some columns far above 0 in every row, the others mostly 0. Made of sines, not of chance. */
export function dominantMeanRows(rows: number, columns: number, classCount: number): DominantMeanRows {
  const classes = Array.from({ length: classCount }, (_, id) => `class-${id}`);
  const labels = Array.from({ length: rows }, (_, row) => row % classCount);
  const data = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const mean = column % 3 === 0 ? 9 + (column % 7) : -1.2;
    const ofClass = 0.35 * Math.sin(column * 1.7 + (row % classCount) * 2.4);
    const noise = Math.sin(at * at * 0.37 + row) + 0.8 * Math.sin(row * 5.3 + column * column);
    return Math.max(0, mean + ofClass + noise);
  });
  const zeros = data.filter((value) => value === 0).length / data.length;
  return { features: { rows, columns, data }, labels, classes, topShare: topShare(data, columns), zeros };
}

/** By the power method. */
function topShare(data: Float32Array, columns: number): number {
  let vector = new Float64Array(columns).fill(1);
  let eigenvalue = 0;
  for (let iteration = 0; iteration < 5; iteration++) {
    const next = new Float64Array(columns);
    for (let start = 0; start < data.length; start += columns) {
      const row = data.subarray(start, start + columns);
      const score = row.reduce((sum, value, at) => sum + value * (vector[at] ?? 0), 0);
      row.forEach((value, at) => (next[at] = (next[at] ?? 0) + score * value));
    }
    eigenvalue = Math.hypot(...next);
    vector = next.map((value) => value / eigenvalue);
  }
  return eigenvalue / data.reduce((sum, value) => sum + value * value, 0);
}
