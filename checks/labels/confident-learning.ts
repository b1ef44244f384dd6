/** A row whose label is likely wrong. */
export interface LabelSuspect {
  readonly row: number;
  /** Class ids. */
  readonly given: number;
  readonly suggested: number;
  /** Probability of the given label by a head that never saw the row. */
  readonly selfConfidence: number;
  /** And of the suggested one. */
  readonly suggestedConfidence: number;
}

/**
 * Rows that are confidently another class than their label says, least self-confident first.
 *
 * A row counts for a class where it is at least as probable as rows with that label are on average; of several such
 * classes, the most probable. Rows off the diagonal of the counts (given, counted) are suspects: Northcutt, Jiang and
 * Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70 (2021), sections 3.1 and 3.2; ranked by
 * self-confidence as there.
 *
 * @param probabilities out-of-sample, rows × classes.
 * @param labels class ids.
 */
export function findLabelSuspects(
  probabilities: Float64Array,
  labels: Int32Array,
  classCount: number,
): LabelSuspect[] {
  const thresholds = averageSelfConfidence(probabilities, labels, classCount);
  const suspects: LabelSuspect[] = [];
  labels.forEach((given, row) => {
    const ofRow = probabilities.subarray(row * classCount, (row + 1) * classCount);
    const counted = countedClass(ofRow, thresholds);
    if (counted === undefined || counted === given) return;
    suspects.push({
      ...{ row, given, suggested: counted },
      selfConfidence: ofRow[given] ?? 0,
      suggestedConfidence: ofRow[counted] ?? 0,
    });
  });
  return suspects.sort((a, b) => a.selfConfidence - b.selfConfidence || a.row - b.row);
}

/** Of each class, how probable it is on average for rows with that label; infinite for one without rows, which no row reaches. */
function averageSelfConfidence(
  probabilities: Float64Array,
  labels: Int32Array,
  classCount: number,
): Float64Array {
  const sums = new Float64Array(classCount);
  const counts = new Float64Array(classCount);
  labels.forEach((label, row) => {
    sums[label] = (sums[label] ?? 0) + (probabilities[row * classCount + label] ?? 0);
    counts[label] = (counts[label] ?? 0) + 1;
  });
  return sums.map((sum, label) =>
    counts[label] === 0 ? Number.POSITIVE_INFINITY : sum / (counts[label] ?? 1),
  );
}

function countedClass(probabilities: Float64Array, thresholds: Float64Array): number | undefined {
  let counted: number | undefined;
  probabilities.forEach((probability, id) => {
    if (probability < (thresholds[id] ?? 1)) return;
    if (counted === undefined || probability > (probabilities[counted] ?? 0)) counted = id;
  });
  return counted;
}
