import { BadInput } from '../../errors/graft-error.js';
import type { HeadKind } from '../head.js';
import { type Calibrator, calibratorKind, checkDecisionValues, outputsOf } from './calibrator.js';
import { fitPlatt } from './platt.js';
import { fitTemperature } from './temperature.js';

/** A head's decision values on rows whose classes are known; never rows that the head was fitted on. */
export interface ScoredRows {
  readonly head: HeadKind;
  /** Rows × outputs: one for two classes, about `classes[1]`, else one for each class. */
  readonly decisionValues: Float64Array;
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  /** In the label encoder's order. */
  readonly classes: readonly string[];
}

/**
 * Fits what makes a head's decision values probabilities: Platt's sigmoid for a linear SVM of two classes, one
 * temperature for all else. Throws {@link BadInput} where there are no rows, shapes do not agree, a number is not finite
 * or a label is none of `classes`.
 */
export function fitCalibrator(rows: ScoredRows): Calibrator {
  checkScoredRows(rows);
  const { head, decisionValues, labels, classes } = rows;
  if (calibratorKind(head, classes) === 'platt')
    return { kind: 'platt', ...fitPlatt(decisionValues, labels) };
  return { kind: 'temperature', temperature: fitTemperature(decisionValues, labels, classes.length) };
}

/** Throws {@link BadInput} with one sentence for the first thing that is wrong. */
export function checkScoredRows({ decisionValues, labels, classes }: ScoredRows): void {
  const outputs = outputsOf(classes);
  if (classes.length < 2)
    throw new BadInput(`Calibration needs at least two classes, received ${classes.length}.`);
  if (labels.length === 0)
    throw new BadInput(
      'Calibration needs rows and received none: give the validation split at least one labelled picture.',
    );
  if (decisionValues.length !== labels.length * outputs)
    throw new BadInput(
      `Expected ${labels.length} × ${outputs} decision values (rows × outputs), received ${decisionValues.length}.`,
    );
  checkDecisionValues(decisionValues, outputs);
  const stray = Array.from(labels).findIndex((label) => classes[label] === undefined);
  if (stray !== -1)
    throw new BadInput(
      `Label of row ${stray}: expected a whole number from 0 to ${classes.length - 1}, received ${labels[stray] ?? 'none'}.`,
    );
}
