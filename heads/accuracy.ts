/** The share of rows whose predicted class is their class, 0 to 1; `NaN` without rows. Both are class ids, one per row. */
export function accuracy(labels: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let hits = 0;
  for (let row = 0; row < labels.length; row++) if (labels[row] === predicted[row]) hits++;
  return hits / labels.length;
}
