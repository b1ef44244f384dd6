import type { LookDeps, LookedData } from '../../checks/look-at-data.js';
import { type GivenCheckSettings, resolveCheckSettings } from '../../checks/check-settings.js';
import type { MultiplyRows } from '../../checks/neighbours/find-neighbours.js';
import type { IndexRow, SplitName } from '../../dataset/dataset.js';
import type { Matrix } from '../../heads/head.js';
import { seededRandom } from '../../heads/statistics/seeded-random.js';
import { imageHash } from '../support/feature-fixtures.js';

export const CLASSES = ['food', 'non_food'];

/** A picture of the index; two of one `file` are the same file. */
export function pictureRow(name: string, split: SplitName, label = 'food', file = name): IndexRow {
  const key = `datasets/meals/images/${split}/${label}/${name}.jpg`;
  return { key, split, class: label, sha256: imageHash(file), bytes: 1, width: 8, height: 8 };
}

/** Numbers around a centre of their own for each class, which lie apart. */
export function generateClasses(labels: readonly number[], columns: number, seed: number): Matrix {
  const random = seededRandom(seed);
  const data = new Float32Array(labels.length * columns);
  labels.forEach((label, row) => {
    for (let at = 0; at < columns; at++)
      data[row * columns + at] = (at % 2 === label ? 1.2 : 0) + random() + random() - 1;
  });
  return { rows: labels.length, columns, data };
}

/** Data to look at whose features are given by file; no picture decodes unless `pictures` has it, by key. */
export function dataOf(
  rows: readonly IndexRow[],
  featureOf: (sha256: string) => Float32Array,
  multiply: MultiplyRows,
  {
    checks = {},
    pictures = new Map<string, Uint8Array>(),
  }: {
    readonly checks?: GivenCheckSettings;
    readonly pictures?: ReadonlyMap<string, Uint8Array>;
  } = {},
) {
  const columns = featureOf(rows[0]?.sha256 ?? '').length;
  const asked: number[] = [];
  const data: LookedData = {
    rows,
    classes: CLASSES,
    dimensions: columns,
    settings: resolveCheckSettings(checks),
  };
  const deps: LookDeps = {
    loadFeatures: (files) => {
      asked.push(files.length);
      const matrix = new Float32Array(files.length * columns);
      files.forEach((file, at) => matrix.set(featureOf(file), at * columns));
      return Promise.resolve({ rows: files.length, columns, data: matrix });
    },
    readPicture: (key) => Promise.resolve(pictures.get(key) ?? Buffer.from(key)),
    multiply,
  };
  return { data, deps, asked };
}
