import type { ClassWeight } from '../heads/head.js';
import { LINEAR_SVM_DEFAULTS } from '../heads/linear-svm.js';
import { LOGISTIC_REGRESSION_DEFAULTS } from '../heads/logistic-regression.js';
import type { TrainingSettings } from '../heads/training/training-settings.js';
import type { HeadInput } from './head-input.js';

/**
 * Fills in the defaults. What was not asked for, or asked for as it is anyway, is absent: the settings name models, and
 * those of before there was a choice keep their names.
 */
export function resolveHead(
  input: HeadInput,
  defaults: { readonly classWeight: ClassWeight },
): TrainingSettings {
  const { kind, tune, standardise, memory, threshold } = input;
  const known = kind === 'linear-svm' || kind === 'auto' ? LINEAR_SVM_DEFAULTS : LOGISTIC_REGRESSION_DEFAULTS;
  return {
    C: input.C ?? known.C,
    classWeight: input.classWeight ?? defaults.classWeight,
    tol: input.tol ?? known.tol,
    maxIterations: input.maxIterations ?? known.maxIterations,
    ...(standardise === true && { standardise }),
    ...(kind !== undefined && kind !== 'logistic-regression' && { kind }),
    // `auto` tunes anyway.
    ...(tune === true && kind !== 'auto' && { tune }),
    ...(memory !== undefined && { memory }),
    ...(threshold !== undefined && { threshold }),
  };
}
