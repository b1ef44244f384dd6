import type { FitOptions } from './fit-options.js';
import type { Head, HeadKind, HeadSettings, Matrix } from './head.js';
import { fitLinearSvm } from './linear-svm.js';
import { fitLogisticRegression } from './logistic-regression.js';

const FITS = { 'logistic-regression': fitLogisticRegression, 'linear-svm': fitLinearSvm };

/** Fits a head of that kind: see {@link fitLogisticRegression} and {@link fitLinearSvm}. */
export function fitHead(
  kind: HeadKind,
  features: Matrix,
  labels: ArrayLike<number>,
  classes: readonly string[],
  settings: HeadSettings,
  options: FitOptions = {},
): Head {
  return FITS[kind](features, labels, classes, settings, options);
}
