import { cosine } from '../backbones/quantize/cosine.js';
import type { IndexRow, Sha256, SplitName } from '../dataset/dataset.js';
import { BadInput } from '../errors/graft-error.js';
import { accuracy } from '../heads/accuracy.js';
import type { FitPool } from '../heads/fit-pool.js';
import type { Matrix } from '../heads/head.js';
import { createLabelEncoder } from '../heads/label-encoder.js';
import { LOGISTIC_REGRESSION_DEFAULTS } from '../heads/logistic-regression.js';
import { predictClasses, predictProbabilities } from '../heads/predict.js';

type Vectors = ReadonlyMap<Sha256, Float32Array>;

/** How alike the features of two backbones are, picture by picture. */
export interface CosineSummary {
  readonly mean: number;
  readonly least: number;
}

/** Over the pictures that have both vectors. Throws `BadInput` where none has. */
export function compareVectors(own: Vectors, against: Vectors): CosineSummary {
  const cosines = [...own].flatMap(([sha256, vector]) => {
    const other = against.get(sha256);
    return other === undefined ? [] : [cosine(vector, other)];
  });
  if (cosines.length === 0)
    throw new BadInput('No picture has a feature of both backbones. Take more --images.');
  const sum = cosines.reduce((total, each) => total + each, 0);
  return { mean: sum / cosines.length, least: cosines.reduce((least, each) => Math.min(least, each)) };
}

/**
 * Accuracy on the validation rows of logistic regression (scikit-learn's settings, C = 1) that was trained on the training
 * rows, 0 to 1.
 *
 * @throws BadInput where training lacks a class.
 */
export async function validationAccuracy(
  rows: readonly IndexRow[],
  vectors: Vectors,
  classes: readonly string[],
  fitPool: FitPool,
): Promise<number> {
  const encoder = createLabelEncoder(classes);
  const pick = (split: SplitName) => {
    const there = rows.filter((row) => row.split === split && vectors.has(row.sha256));
    const labels = Int32Array.from(there, (row) => encoder.encode(row.class));
    return { labels, features: toMatrix(there.map(({ sha256 }) => vectors.get(sha256) ?? EMPTY)) };
  };
  const training = pick('training');
  const head = await fitPool.fit(training.features, training.labels, classes, LOGISTIC_REGRESSION_DEFAULTS);
  const validation = pick('validation');
  const predicted = predictClasses(predictProbabilities(head, validation.features), classes.length);
  return accuracy(validation.labels, predicted);
}

const EMPTY = new Float32Array();

function toMatrix(vectors: readonly Float32Array[]): Matrix {
  const columns = vectors[0]?.length ?? 0;
  const data = new Float32Array(vectors.length * columns);
  for (const [at, vector] of vectors.entries()) data.set(vector, at * columns);
  return { rows: vectors.length, columns, data };
}
