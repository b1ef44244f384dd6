import { BadInput } from '../../errors/graft-error.js';
import { FOLDS } from '../calibration/cross-fit.js';
import { type TrainingSettings, isChosen } from './training-settings.js';

/** Pictures per class of the data set, all classes in each. */
export interface CountsByClass {
  readonly validation: Readonly<Record<string, number>>;
}

/**
 * Throws {@link BadInput} where the data set's pictures do not allow what training is asked for, as far as their counts
 * tell: a choice or probabilities that validation lacks a class for, a threshold of three classes.
 */
export function checkCounts({ validation }: CountsByClass, settings: TrainingSettings): void {
  const classes = Object.keys(validation);
  if (settings.threshold !== undefined && classes.length !== 2)
    throw new BadInput(
      `A threshold tells two classes apart, and the data set has ${classes.length}: leave head.threshold (--threshold) out.`,
    );
  const purpose = purposeOf(settings);
  if (purpose === undefined) return;
  const missing = classes.find((name) => validation[name] === 0);
  if (missing !== undefined)
    throw new BadInput(
      `${purpose} by validation, which has no picture of the class ${JSON.stringify(missing)}: expected every class there. Add some, or train logistic regression with a C of your own.`,
    );
  const rows = Object.values(validation).reduce((sum, count) => sum + count, 0);
  if (isChosen(settings) && rows < FOLDS)
    throw new BadInput(
      `${purpose} by validation in ${FOLDS} folds, and it has ${rows} pictures: expected at least ${FOLDS}. Add some, or give a C of your own.`,
    );
}

function purposeOf(settings: TrainingSettings): string | undefined {
  if (isChosen(settings)) return 'The head is chosen (--tune, --head auto)';
  if (settings.kind === 'linear-svm') return 'A linear SVM gets its probabilities';
  return settings.threshold === undefined ? undefined : 'The threshold is chosen';
}
