import { BadInput } from '../../errors/graft-error.js';
import type { HeadKind } from '../head.js';
import { sigmoid } from '../logistic-loss.js';
import { softmaxInPlace } from '../softmax-loss.js';

/**
 * What turns a head's decision values into probabilities that can be taken at their word. The most probable class stays
 * the same under a temperature; under Platt's sigmoid the border between two classes may move.
 */
export type Calibrator =
  /** Decision values are divided by it before the sigmoid or softmax; above 1 it makes less certain. Above 0. */
  | { readonly kind: 'temperature'; readonly temperature: number }
  /** Probability of `classes[1]` = 1 / (1 + exp(a · decision value + b)); `a` is below 0 where the head is any good. */
  | { readonly kind: 'platt'; readonly a: number; readonly b: number };

/** Platt's sigmoid for a linear SVM of two classes; a temperature for all else. */
export const calibratorKind = (head: HeadKind, classes: readonly string[]): Calibrator['kind'] =>
  head === 'linear-svm' && classes.length === 2 ? 'platt' : 'temperature';

/** Decision values in a row: one, about `classes[1]`, for two classes; else one for each. */
export const outputsOf = (classes: readonly string[]): number => (classes.length === 2 ? 1 : classes.length);

/**
 * The calibrated probability of each class for each row: float64, rows × classes, row-major.
 *
 * `decisionValues` is rows × outputs ({@link outputsOf}). A logistic regression is not calibrated by temperature 1.
 * Throws {@link BadInput} for a calibrator of the wrong kind and for values of another shape or that are not finite.
 */
export function applyCalibrator(
  calibrator: Calibrator,
  head: HeadKind,
  decisionValues: Float64Array,
  classes: readonly string[],
): Float64Array {
  const expected = calibratorKind(head, classes);
  if (calibrator.kind !== expected)
    throw new BadInput(
      `A ${head} of ${classes.length} classes is calibrated by ${expected}, received ${calibrator.kind}: calibrate the model again.`,
    );
  const outputs = outputsOf(classes);
  checkDecisionValues(decisionValues, outputs);
  const rows = decisionValues.length / outputs;
  const probabilities = new Float64Array(rows * classes.length);
  for (let row = 0; row < rows; row++) {
    const target = probabilities.subarray(row * classes.length, (row + 1) * classes.length);
    if (outputs === 1) fillBinary(target, logOdds(calibrator, decisionValues[row] ?? 0));
    else fillMany(target, decisionValues.subarray(row * outputs, (row + 1) * outputs), calibrator);
  }
  return probabilities;
}

/** Throws {@link BadInput} where there is not a whole number of rows, or a number is NaN or infinite. */
export function checkDecisionValues(decisionValues: Float64Array, outputs: number): void {
  if (decisionValues.length % outputs !== 0)
    throw new BadInput(
      `Expected rows of ${outputs} decision values, received ${decisionValues.length} numbers.`,
    );
  const stray = decisionValues.findIndex((value) => !Number.isFinite(value));
  if (stray !== -1)
    throw new BadInput(
      `Decision values, row ${Math.floor(stray / outputs)}: expected finite numbers, received ${decisionValues[stray] ?? 'none'}. Compute the features again, or train with a smaller C.`,
    );
}

const logOdds = (calibrator: Calibrator, value: number): number =>
  calibrator.kind === 'platt' ? -(calibrator.a * value + calibrator.b) : value / calibrator.temperature;

/** Not 1 − p: that loses every digit of a small probability. */
function fillBinary(target: Float64Array, odds: number): void {
  target[0] = sigmoid(-odds);
  target[1] = sigmoid(odds);
}

function fillMany(target: Float64Array, values: Float64Array, calibrator: Calibrator): void {
  target.set(values.map((value) => logOdds(calibrator, value)));
  softmaxInPlace(target);
}
