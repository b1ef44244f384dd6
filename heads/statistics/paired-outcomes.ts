import { BadInput } from '../../errors/graft-error.js';

/** How two classifiers did on the same rows. */
export interface PairedOutcomes {
  readonly rows: number;
  /** Rows that only the first (the challenger) got right. */
  readonly onlyFirst: number;
  /** Rows that only the second (the champion) got right. */
  readonly onlySecond: number;
}

/**
 * Counts on which rows two classifiers differ in being right. All three are class ids, one per row, of the same rows in
 * the same order. Throws {@link BadInput} where there are no rows or their numbers differ.
 */
export function pairOutcomes(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): PairedOutcomes {
  if (labels.length === 0 || first.length !== labels.length || second.length !== labels.length)
    throw new BadInput(
      `Comparing two models needs both predictions for the same rows, at least one; received ${labels.length} labels, ${first.length} and ${second.length} predictions.`,
    );
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let row = 0; row < labels.length; row++) {
    const firstHit = first[row] === labels[row];
    const secondHit = second[row] === labels[row];
    if (firstHit && !secondHit) onlyFirst++;
    if (secondHit && !firstHit) onlySecond++;
  }
  return { rows: labels.length, onlyFirst, onlySecond };
}
