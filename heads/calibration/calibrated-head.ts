import { BadInput } from '../../errors/graft-error.js';
import type { Head } from '../head.js';
import { type Calibrator, applyCalibrator } from './calibrator.js';

/** A head and what makes probabilities of its decision values. */
export interface CalibratedHead extends Head {
  /** Absent where validation could not calibrate, and of models that older releases trained. */
  readonly calibrator?: Calibrator;
}

/** What leaves decision values of logistic regression as they are. */
const IDENTITY: Calibrator = { kind: 'temperature', temperature: 1 };

/**
 * The probabilities that the classes of `metrics.json` are decided by: logistic regression's own, as scikit-learn's
 * `predict_proba`; a linear SVM has none of its own, and its calibrator's count. Rows × classes, row-major.
 *
 * `decisionValues` is rows × outputs. Throws {@link BadInput} for a linear SVM without a calibrator.
 */
export function plainProbabilities(head: CalibratedHead, decisionValues: Float64Array): Float64Array {
  return applyCalibrator(plainCalibrator(head), head.kind, decisionValues, head.classes);
}

/**
 * Probabilities that can be taken at their word, as far as validation could tell: the calibrator's where there is one, else
 * {@link plainProbabilities}.
 */
export function calibratedProbabilities(head: CalibratedHead, decisionValues: Float64Array): Float64Array {
  const calibrator = head.calibrator ?? plainCalibrator(head);
  return applyCalibrator(calibrator, head.kind, decisionValues, head.classes);
}

function plainCalibrator({ kind, calibrator }: CalibratedHead): Calibrator {
  if (kind === 'logistic-regression') return IDENTITY;
  if (calibrator !== undefined) return calibrator;
  throw new BadInput(
    'The model is a linear SVM without calibrator.json, and so has no probabilities: train it again.',
  );
}
