/**
 * Counts predictions: `[true class][predicted class]`, `classCount × classCount`, as scikit-learn's `confusion_matrix`.
 * `labels` and `predicted` are class ids, one per row.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
): number[][] {
  const counts = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let row = 0; row < labels.length; row++) {
    const ofClass = counts[labels[row] ?? -1];
    const guess = predicted[row] ?? -1;
    const before = ofClass?.[guess];
    if (ofClass === undefined || before === undefined)
      throw new RangeError(
        `Row ${row}: class ids ${labels[row] ?? 'none'} and ${guess}, expected whole numbers from 0 to ${classCount - 1}.`,
      );
    ofClass[guess] = before + 1;
  }
  return counts;
}
