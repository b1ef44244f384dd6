import { stratifiedFolds } from '../../heads/calibration/stratified-folds.js';

/**
 * Deals rows into folds so that rows of one group lie in one fold, and the groups of each class, by their first row's label,
 * evenly: the fold of each row, 0 to `folds` − 1. A copy that was trained on would vouch for any label.
 *
 * @param groupOf group of each row; {@link groupPairs} makes it.
 */
export function groupedFolds(
  labels: Int32Array,
  groupOf: Int32Array,
  classCount: number,
  folds: number,
  seed: number,
): Uint8Array {
  const firsts = new Map<number, number>();
  groupOf.forEach((group, row) => {
    if (!firsts.has(group)) firsts.set(group, row);
  });
  const groups = [...firsts.keys()];
  const dealt = stratifiedFolds(
    groups.map((group) => labels[firsts.get(group) ?? 0] ?? 0),
    classCount,
    folds,
    seed,
  );
  const foldOf = new Map(groups.map((group, at) => [group, dealt[at] ?? 0]));
  return Uint8Array.from(groupOf, (group) => foldOf.get(group) ?? 0);
}
