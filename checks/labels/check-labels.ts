import type { Matrix } from '../../heads/head.js';
import { findLabelSuspects, type LabelSuspect } from './confident-learning.js';
import type { CrossValidator } from './cross-validate.js';
import { groupedFolds } from './grouped-folds.js';

/** Labelled rows of a matrix of features; several may be of one row of it, for files come more than once. */
export interface LabelledRows {
  readonly features: Matrix;
  /** Row of `features` of each. */
  readonly featureRow: Int32Array;
  /** Class ids. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** Group of each row of `features`: duplicates of each other are never in different folds. */
  readonly groupOf: Int32Array;
}

export interface CheckedLabels {
  /** Labels looked at. */
  readonly looked: number;
  /** Of classes with fewer groups than folds. */
  readonly leftOut: number;
  /** By row, least self-confident first. */
  readonly suspects: readonly LabelSuspect[];
}

export const FOLDS = 5;

/**
 * Looks for wrong labels: every row is judged by a head that was trained without it and without its duplicates.
 *
 * Classes of fewer than five groups of pictures are left out; `undefined` where fewer than two remain.
 */
export async function checkLabels(
  rows: LabelledRows,
  crossValidate: CrossValidator,
  seed = 0,
): Promise<CheckedLabels | undefined> {
  const { labels, classes, featureRow, groupOf } = rows;
  const groups = Int32Array.from(featureRow, (row) => groupOf[row] ?? 0);
  const kept = largeClasses(labels, groups, classes.length);
  if (kept.length < 2) return undefined;
  const looked = Array.from(labels.keys()).filter((at) => kept.includes(labels[at] ?? -1));
  const idOf = new Map(kept.map((label, id) => [label, id]));
  const own = Int32Array.from(looked, (at) => idOf.get(labels[at] ?? 0) ?? 0);
  const foldOf = groupedFolds(
    own,
    Int32Array.from(looked, (at) => groups[at] ?? 0),
    kept.length,
    FOLDS,
    seed,
  );
  const probabilities = await crossValidate({
    rows: looked.map((at) => featureRow[at] ?? 0),
    classes: kept.map((id) => classes[id] ?? ''),
    ...{ labels: own, foldOf, folds: FOLDS },
  });
  const suspects = findLabelSuspects(probabilities, own, kept.length).map((suspect) => ({
    ...suspect,
    row: looked[suspect.row] ?? 0,
    given: kept[suspect.given] ?? 0,
    suggested: kept[suspect.suggested] ?? 0,
  }));
  return { looked: looked.length, leftOut: labels.length - looked.length, suspects };
}

/** Classes that every fold, and what remains without it, has pictures of. */
function largeClasses(labels: Int32Array, groups: Int32Array, classCount: number): number[] {
  const groupsOf = Array.from({ length: classCount }, () => new Set<number>());
  labels.forEach((label, at) => groupsOf[label]?.add(groups[at] ?? 0));
  return groupsOf.flatMap((those, label) => (those.size >= FOLDS ? [label] : []));
}
