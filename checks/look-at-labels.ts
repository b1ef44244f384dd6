import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import type { Matrix } from '../heads/head.js';
import type { LabelFindings } from './findings.js';
import { pictureAt } from './found-picture.js';
import { checkLabels } from './labels/check-labels.js';
import { crossValidate } from './labels/cross-validate.js';
import type { LookDeps, LookedData } from './look-at-data.js';

interface LookedLabels extends LookedData {
  /** One row for each distinct file. */
  readonly features: Matrix;
  readonly distinct: readonly IndexRow[];
  /** Group of each distinct file. */
  readonly groupOf: Int32Array;
}

/** The labels that are likely wrong, in training and validation and, where it is asked for, in evaluation; or why nobody looked. */
export async function lookAtLabels(
  data: LookedLabels,
  { multiply, signal }: LookDeps,
): Promise<LabelFindings | string> {
  const { settings, classes, distinct, features, groupOf } = data;
  const rows = data.rows.filter(({ split }) => settings.evaluationLabels || split !== 'evaluation');
  const rowOf = new Map<Sha256, number>(distinct.map(({ sha256 }, row) => [sha256, row]));
  const idOf = new Map(classes.map((name, id) => [name, id]));
  const labelled = {
    ...{ features, classes, groupOf },
    featureRow: Int32Array.from(rows, ({ sha256 }) => rowOf.get(sha256) ?? 0),
    labels: Int32Array.from(rows, (row) => idOf.get(row.class) ?? 0),
  };
  const checked = await checkLabels(labelled, crossValidate(features, multiply, { signal }));
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
