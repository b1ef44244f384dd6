import { BadInput } from '../errors/graft-error.js';
import type { Head, Matrix } from './head.js';
import { sigmoid } from './logistic-loss.js';
import { softmaxInPlace } from './softmax-loss.js';
import { checkFeatures } from './training-data.js';

/**
 * The probability of each class for each row: float64, rows × classes, row-major, classes in the head's order.
 * Throws {@link BadInput} for features that are not as long as the head's
 * coefficients, and for NaN and infinite ones.
 */
export function predictProbabilities(head: Head, features: Matrix): Float64Array {
  checkFeatures(features);
  const { rows, columns, data } = features;
  const dimensions = head.coef[0]?.length ?? 0;
  if (columns !== dimensions)
    throw new BadInput(
      `The head expects features of ${dimensions} numbers and received ${columns}: use the backbone that it was trained on.`,
    );
  const classCount = head.classes.length;
  const probabilities = new Float64Array(rows * classCount);
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * columns, (row + 1) * columns);
    const target = probabilities.subarray(row * classCount, (row + 1) * classCount);
    target.set(head.coef.map((coef, at) => dot(coef, vector) + (head.intercept[at] ?? 0)));
    toProbabilities(target, head.coef.length === 1);
  }
  return probabilities;
}

/** The most probable class of each row, as an id; of equals the first. `probabilities` is rows × classes. */
export function predictClasses(probabilities: Float64Array, classCount: number): Uint32Array {
  return Uint32Array.from({ length: probabilities.length / classCount }, (_, row) => {
    const ofRow = probabilities.subarray(row * classCount, (row + 1) * classCount);
    return ofRow.indexOf(Math.max(...ofRow));
  });
}

/** Turns scores into probabilities in place; a binary head has one score, about its second class. */
function toProbabilities(scores: Float64Array, binary: boolean): void {
  if (!binary) {
    softmaxInPlace(scores);
    return;
  }
  const score = scores[0] ?? 0;
  // Not 1 − p: that loses every digit of a small probability.
  scores[0] = sigmoid(-score);
  scores[1] = sigmoid(score);
}

function dot(coef: Float64Array, vector: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < coef.length; at++) sum += (coef[at] ?? 0) * (vector[at] ?? 0);
  return sum;
}
