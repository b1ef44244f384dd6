import type { Matrix } from '../../heads/head.js';

/** Numbers of a side of the squares that are transposed one after the other, so that both matrices' lines stay in cache. */
const TILE = 32;

/** These rows less their mean, divided so that their mean squared length is 1; rows that are all alike become zeros. */
export function centreRows({ columns, data }: Matrix, rows: readonly number[]): Matrix {
  const mean = new Float64Array(columns);
  for (const row of rows)
    for (let at = 0; at < columns; at++) mean[at] = (mean[at] ?? 0) + (data[row * columns + at] ?? 0);
  for (let at = 0; at < columns; at++) mean[at] = (mean[at] ?? 0) / rows.length;
  const centred = new Float32Array(rows.length * columns);
  let squared = 0;
  rows.forEach((row, to) => {
    for (let at = 0; at < columns; at++) {
      const value = (data[row * columns + at] ?? 0) - (mean[at] ?? 0);
      centred[to * columns + at] = value;
      squared += value * value;
    }
  });
  const scale = squared > 0 ? Math.sqrt(rows.length / squared) : 0;
  for (let at = 0; at < centred.length; at++) centred[at] = scale * (centred[at] ?? 0);
  return { rows: rows.length, columns, data: centred };
}

export function transpose({ rows, columns, data }: Matrix): Matrix {
  const turned = new Float32Array(data.length);
  for (let top = 0; top < rows; top += TILE)
    for (let left = 0; left < columns; left += TILE)
      for (let row = top; row < Math.min(rows, top + TILE); row++)
        for (let at = left; at < Math.min(columns, left + TILE); at++)
          turned[at * rows + row] = data[row * columns + at] ?? 0;
  return { rows: columns, columns: rows, data: turned };
}
