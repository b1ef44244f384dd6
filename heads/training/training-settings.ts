import type { ThresholdAim } from '../calibration/threshold.js';
import type { HeadKind, HeadSettings } from '../head.js';

/**
 * What training is asked for. Everything but {@link HeadSettings} is absent unless it was asked for: settings name models,
 * and those of before there were choices keep their names.
 */
export interface TrainingSettings extends HeadSettings {
  /** `auto` chooses between both kinds, and C as `tune` does. Absent: logistic regression. */
  readonly kind?: 'linear-svm' | 'auto';
  /** Chooses C by validation; the given one counts for nothing. */
  readonly tune?: true;
  /** Megabytes (2²⁰ bytes) that features and solver may hold. Absent: half of the machine's memory. */
  readonly memory?: number;
  /** A threshold to choose by validation, apart from everything else. Two classes only. */
  readonly threshold?: ThresholdAim;
}

/** The kinds of head to fit, the simplest first. */
export function kindsOf({ kind }: TrainingSettings): readonly HeadKind[] {
  if (kind === 'auto') return ['logistic-regression', 'linear-svm'];
  return [kind ?? 'logistic-regression'];
}

/** Whether validation chooses C, and the kind of `auto`. */
export const isChosen = ({ kind, tune }: TrainingSettings): boolean => kind === 'auto' || tune === true;

/** The settings of one head. */
export function headSettingsOf(settings: TrainingSettings, C = settings.C): HeadSettings {
  const { classWeight, tol, maxIterations, standardise } = settings;
  return { C, classWeight, tol, maxIterations, ...(standardise === true && { standardise }) };
}
