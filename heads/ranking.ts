/** Rows that a threshold would call positive: those with at least its score. */
export interface RankedCut {
  readonly threshold: number;
  /** Positive rows among them. */
  readonly truePositives: number;
  /** Negative rows among them. */
  readonly falsePositives: number;
}

/**
 * One cut per distinct score, highest score first; rows with equal scores fall together, as in scikit-learn. The last
 * cut holds every row; without rows there is no cut.
 *
 * `scores` and `positive` are one per row; any score will do that is higher for likelier rows.
 */
export function rankCuts(scores: ArrayLike<number>, positive: ArrayLike<boolean>): RankedCut[] {
  const order = Uint32Array.from({ length: scores.length }, (_, row) => row);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const cuts: RankedCut[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (let place = 0; place < order.length; place++) {
    const row = order[place] ?? 0;
    if (positive[row] === true) truePositives++;
    else falsePositives++;
    const threshold = scores[row] ?? 0;
    const next = order[place + 1];
    if (next === undefined || scores[next] !== threshold)
      cuts.push({ threshold, truePositives, falsePositives });
  }
  return cuts;
}
