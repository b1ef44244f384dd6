import { BadInput } from '../../errors/graft-error.js';
import type { Calibrator } from '../calibration/calibrator.js';
import { FOLDS, checkValidation } from '../calibration/cross-fit.js';
import { fitCalibrator } from '../calibration/fit-calibrator.js';
import type { Head } from '../head.js';
import { selectHead } from '../selection/select-head.js';
import type { SelectionRecord } from '../selection/selection-file.js';
import { checkSettings } from '../training-data.js';
import { type Fitter, type FitterDeps, openFitter } from './fitter.js';
import type { TrainingData } from './training-data.js';
import { type TrainingSettings, headSettingsOf, isChosen, kindsOf } from './training-settings.js';

export interface TrainedModel {
  readonly head: Head;
  /** Fitted on all of validation; absent where validation lacks a class, or has no rows. */
  readonly calibrator?: Calibrator;
  /** Absent where kind and C were given. */
  readonly selection?: SelectionRecord;
}

/**
 * Trains a model: the head on the training rows alone, its calibrator on the validation rows; where it is to be chosen,
 * kind and C by {@link selectHead}. The evaluation split is no part of the data.
 *
 * Rejects with `BadInput` for data and settings that nothing can be trained on: as far as labels tell, before any work.
 */
export async function trainModel(
  data: TrainingData,
  settings: TrainingSettings,
  deps: FitterDeps,
): Promise<TrainedModel> {
  checkSettings(headSettingsOf(settings));
  const { classes, validation } = data;
  const canCalibrate = hasEveryClass(validation.labels, classes);
  if (isChosen(settings)) checkValidation({ labels: validation.labels, classes }, FOLDS);
  else if (settings.kind === 'linear-svm' && !canCalibrate)
    throw new BadInput(
      'A linear SVM gets its probabilities from validation, which lacks a class: add pictures of every class to validation, or train logistic regression.',
    );
  const fitter = await openFitter(data, settings, deps);
  try {
    if (isChosen(settings)) return await choose(fitter, data, settings);
    const [kind = 'logistic-regression'] = kindsOf(settings);
    const head = await fitter.fit(kind, settings.C);
    if (!canCalibrate) return { head };
    const decisionValues = await fitter.score(head);
    const { labels } = validation;
    return { head, calibrator: fitCalibrator({ head: kind, decisionValues, labels, classes }) };
  } finally {
    await fitter.close();
  }
}

async function choose(
  fitter: Fitter,
  { classes, validation }: TrainingData,
  settings: TrainingSettings,
): Promise<TrainedModel> {
  const { head, calibrator, ...selection } = await selectHead<Head>({
    kinds: kindsOf(settings),
    spread: fitter.spread,
    fit: (kind, C) => fitter.fit(kind, C),
    score: (candidate) => fitter.score(candidate),
    validation: { labels: validation.labels, classes },
  });
  return { head, calibrator, selection };
}

function hasEveryClass(labels: ArrayLike<number>, classes: readonly string[]): boolean {
  const present = new Set(Array.from(labels));
  return classes.every((_, id) => present.has(id));
}
