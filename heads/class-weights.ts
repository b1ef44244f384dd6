import type { ClassWeight } from './head.js';

/**
 * The weight of each class: all 1, or rows / (classes · rows of the class), as scikit-learn's `class_weight='balanced'`.
 * `labels` are class ids, one per row; a class without rows gets an infinite weight, so check for that first.
 */
export function classWeights(kind: ClassWeight, labels: ArrayLike<number>, classCount: number): Float64Array {
  if (kind === 'none') return new Float64Array(classCount).fill(1);
  return countLabels(labels, classCount).map((count) => labels.length / (classCount * count));
}

/** Rows per class id. */
export function countLabels(labels: ArrayLike<number>, classCount: number): Float64Array {
  const counts = new Float64Array(classCount);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] ?? -1;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}
