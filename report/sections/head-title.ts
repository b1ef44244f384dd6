import type { HeadKind } from '../../heads/head.js';
import { countOf, formatC } from '../numbers.js';
import type { ReportInput } from '../report-input.js';

/** A kind of head, in words. */
export const KIND_IN_WORDS: Readonly<Record<HeadKind, string>> = {
  'logistic-regression': 'logistic regression',
  'linear-svm': 'linear SVM',
};

/** "logistic regression, C = 1, balanced classes". */
export function headTitle({ head: { kind, settings } }: Pick<ReportInput, 'head'>): string {
  return [
    `${KIND_IN_WORDS[kind]}, C = ${formatC(settings.C)}`,
    settings.classWeight === 'balanced' ? 'balanced classes' : 'unweighted classes',
    ...(settings.standardise === true ? ['standardised features'] : []),
  ].join(', ');
}

/** Where kind and C come from: "chosen from 18 candidates" or "as given". */
export function headOrigin({ selection }: Pick<ReportInput, 'selection'>): string {
  return selection === undefined
    ? 'as given'
    : `chosen from ${countOf(selection.candidates.length, 'candidate')}`;
}
