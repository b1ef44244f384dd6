import { seededRandom, shuffle } from '../statistics/seeded-random.js';

/**
 * Deals rows into folds, each class evenly: the fold of every row, 0 to `folds` − 1. Of each class, and of all rows, no
 * fold has more than one row more than another. The same labels and seed give the same folds.
 *
 * A class of fewer rows than folds is missing from some of them. `labels` are class ids.
 */
export function stratifiedFolds(
  labels: ArrayLike<number>,
  classCount: number,
  folds: number,
  seed: number,
): Uint8Array {
  const random = seededRandom(seed);
  const foldOf = new Uint8Array(labels.length);
  let dealt = 0;
  for (let id = 0; id < classCount; id++) {
    const rows = Array.from(labels, (label, row) => (label === id ? row : -1)).filter((row) => row >= 0);
    for (const row of shuffle(rows, random)) foldOf[row] = dealt++ % folds;
  }
  return foldOf;
}
