import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import { startGramThread } from '../heads/gram/gram-thread.js';
import type { Matrix } from '../heads/head.js';
import type { LabelFindings } from './findings.js';
import { pictureAt } from './found-picture.js';
import { type CheckedLabels, FOLDS, type LabelledRows, checkLabels } from './labels/check-labels.js';
import { fitOneByOne } from './labels/cross-validate.js';
import { fitTogether } from './labels/fit-together.js';
import { fitByGram, fitByPool } from './labels/fold-fitter.js';
import type { LookDeps, LookedData } from './look-at-data.js';

interface LookedLabels extends LookedData {
  /** One row for each distinct file. */
  readonly features: Matrix;
  readonly distinct: readonly IndexRow[];
  /** Group of each distinct file. */
  readonly groupOf: Int32Array;
}

/** The labels that are likely wrong, in training and validation and, where it is asked for, in evaluation; or why nobody looked. */
export async function lookAtLabels(data: LookedLabels, deps: LookDeps): Promise<LabelFindings | string> {
  const { settings, classes, distinct, features, groupOf } = data;
  const rows = data.rows.filter(({ split }) => settings.evaluationLabels || split !== 'evaluation');
  const rowOf = new Map<Sha256, number>(distinct.map(({ sha256 }, row) => [sha256, row]));
  const idOf = new Map(classes.map((name, id) => [name, id]));
  const labelled = {
    ...{ features, classes, groupOf },
    featureRow: Int32Array.from(rows, ({ sha256 }) => rowOf.get(sha256) ?? 0),
    labels: Int32Array.from(rows, (row) => idOf.get(row.class) ?? 0),
  };
  const checked = await fitAndCheck(labelled, deps);
  if (checked === undefined) return 'Fewer than two classes have five pictures to train on and to hold out.';
  const { looked, leftOut, suspects } = checked;
  return {
    ...{ looked, leftOut },
    suspects: suspects.map(({ row, suggested, selfConfidence, suggestedConfidence }) => ({
      picture: pictureAt(rows, row),
      suggested: classes[suggested] ?? '',
      ...{ selfConfidence, suggestedConfidence },
    })),
  };
}

/** Scores that the folds may hold at once, 32 MB. */
const MOST_SCORES = 4e6;

/**
 * All folds in step, but for many rows of many classes: these one after the other, through the rows' inner products where
 * rows are fewer than columns, for all folds share them.
 */
async function fitAndCheck(
  labelled: LabelledRows,
  { fitPool, multiply, signal }: LookDeps,
): Promise<CheckedLabels | undefined> {
  const { features, labels, classes } = labelled;
  if (FOLDS * labels.length * classes.length <= MOST_SCORES)
    return checkLabels(labelled, fitTogether(features, multiply, signal));
  if (features.rows >= features.columns)
    return checkLabels(labelled, fitOneByOne(features, fitByPool(features, fitPool, signal)));
  const thread = await startGramThread(features, { signal });
  try {
    return await checkLabels(labelled, fitOneByOne(features, fitByGram(features, thread, signal)));
  } finally {
    await thread.close();
  }
}
