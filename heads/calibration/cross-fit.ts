import { BadInput } from '../../errors/graft-error.js';
import { logLoss } from '../log-loss.js';
import { applyCalibrator, outputsOf } from './calibrator.js';
import { type ScoredRows, checkScoredRows, fitCalibrator } from './fit-calibrator.js';
import { stratifiedFolds } from './stratified-folds.js';

export interface CrossFitOptions {
  /** Default 5. */
  readonly folds?: number;
  /** Of the deal into folds. Default 0. */
  readonly seed?: number;
}

/** What calibration gives on rows that it was not fitted on. */
export interface CrossFit {
  /** Rows × classes: each row's by the calibrator of the other folds. */
  readonly probabilities: Float64Array;
  /** Their mean log loss. */
  readonly logLoss: number;
}

export const FOLDS = 5;

/**
 * Calibrates every row by a calibrator fitted on the other folds, stratified by class, so that a head is judged by
 * probabilities that have not seen the row's label. The head itself is not fitted again.
 *
 * Throws {@link BadInput} for fewer rows than folds, a class without rows, and what {@link fitCalibrator} refuses.
 */
export function crossFit(scored: ScoredRows, { folds = FOLDS, seed = 0 }: CrossFitOptions = {}): CrossFit {
  checkScoredRows(scored);
  const { head, labels, classes } = scored;
  checkValidation(scored, folds);
  const foldOf = stratifiedFolds(labels, classes.length, folds, seed);
  const probabilities = new Float64Array(labels.length * classes.length);
  for (let fold = 0; fold < folds; fold++) {
    const rows = Array.from(foldOf.keys());
    const calibrator = fitCalibrator(
      pickRows(
        scored,
        rows.filter((row) => foldOf[row] !== fold),
      ),
    );
    const held = rows.filter((row) => foldOf[row] === fold);
    const ofHeld = applyCalibrator(calibrator, head, pickRows(scored, held).decisionValues, classes);
    held.forEach((row, at) =>
      probabilities.set(
        ofHeld.subarray(at * classes.length, (at + 1) * classes.length),
        row * classes.length,
      ),
    );
  }
  return { probabilities, logLoss: logLoss(probabilities, labels, classes.length) };
}

function pickRows(scored: ScoredRows, rows: readonly number[]): ScoredRows {
  const outputs = outputsOf(scored.classes);
  const decisionValues = new Float64Array(rows.length * outputs);
  rows.forEach((row, at) =>
    decisionValues.set(scored.decisionValues.subarray(row * outputs, (row + 1) * outputs), at * outputs),
  );
  return { ...scored, decisionValues, labels: rows.map((row) => scored.labels[row] ?? 0) };
}

/** Throws {@link BadInput} where validation cannot compare heads: fewer rows than folds, or a class without any. */
export function checkValidation(
  { labels, classes }: Pick<ScoredRows, 'labels' | 'classes'>,
  folds: number,
): void {
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= 255))
    throw new BadInput(`folds: expected a whole number from 2 to 255, received ${folds}.`);
  if (labels.length < folds)
    throw new BadInput(
      `Comparing heads takes at least ${folds} rows of validation, one per fold, and there are ${labels.length}: add pictures to validation.`,
    );
  const present = new Set(Array.from(labels));
  const missing = classes.findIndex((_, id) => !present.has(id));
  if (missing !== -1)
    throw new BadInput(
      `Validation has no rows of class ${JSON.stringify(classes[missing])}: add pictures of it to validation, or train without choosing.`,
    );
}
