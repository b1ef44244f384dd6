import { BadInput } from '../errors/graft-error.js';
import type { Head, Matrix } from './head.js';
import { sigmoid } from './logistic-loss.js';
import { softmaxInPlace } from './softmax-loss.js';
import { checkFeatures } from './training-data.js';

/**
 * The decision values of a head of any kind, `coef · features + intercept`: float64, rows × outputs, row-major. Two
 * classes have one output, about the second class; more have one each, in the head's order. For logistic regression they
 * are log odds and softmax scores, for a linear SVM signed distances in units of the margin. Throws {@link BadInput} for
 * features that are not as long as the head's coefficients, and for NaN and infinite ones.
 */
export function decisionValues(head: Head, features: Matrix): Float64Array {
  checkFeatures(features);
  const { rows, columns, data } = features;
  const dimensions = head.coef[0]?.length ?? 0;
  if (columns !== dimensions)
    throw new BadInput(
      `The head expects features of ${dimensions} numbers and received ${columns}: use the backbone that it was trained on.`,
    );
  const outputs = head.coef.length;
  const values = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * columns, (row + 1) * columns);
    head.coef.forEach((coef, at) => {
      values[row * outputs + at] = dot(coef, vector) + (head.intercept[at] ?? 0);
    });
  }
  return values;
}

/**
 * The class of each row, as an id, by the decision values of a head of any kind, as scikit-learn's `predict`: class 1
 * of two where the one value is above 0, else the class with the largest, the first of equals.
 */
export function decideClasses(decisions: Float64Array, classCount: number): Uint32Array {
  if (classCount === 2) return Uint32Array.from(decisions, (value) => (value > 0 ? 1 : 0));
  return predictClasses(decisions, classCount);
}

/**
 * The probability of each class for each row: float64, rows × classes, row-major, classes in the head's order. Only
 * logistic regression has probabilities of its own; throws {@link BadInput} for another head, and as
 * {@link decisionValues} does.
 */
export function predictProbabilities(head: Head, features: Matrix): Float64Array {
  if (head.kind !== 'logistic-regression')
    throw new BadInput(
      `A head of kind "${head.kind}" gives decision values and no probabilities: calibrate it first, or train logistic regression.`,
    );
  const decisions = decisionValues(head, features);
  const classCount = head.classes.length;
  const outputs = head.coef.length;
  const probabilities = new Float64Array(features.rows * classCount);
  for (let row = 0; row < features.rows; row++) {
    const target = probabilities.subarray(row * classCount, (row + 1) * classCount);
    target.set(decisions.subarray(row * outputs, (row + 1) * outputs));
    toProbabilities(target, outputs === 1);
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
