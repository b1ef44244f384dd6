/** The `k` most similar rows of each row, most similar first. */
export interface Neighbours {
  readonly rows: number;
  readonly k: number;
  /** Row ids, rows × k, row-major; −1 where there are fewer than `k` others. */
  readonly ids: Int32Array;
  /** Cosines of centred features, −1 to 1, likewise; `-Infinity` where there is none. */
  readonly similarities: Float32Array;
}

/** Lists of the `k` best, filled one pair after the other in any order: of equally similar rows the lower id wins. */
export function createNearestLists(rows: number, k: number) {
  const ids = new Int32Array(rows * k).fill(-1);
  const similarities = new Float32Array(rows * k).fill(Number.NEGATIVE_INFINITY);
  const insert = (row: number, id: number, similarity: number): void => {
    const start = row * k;
    let at = start + k - 1;
    if (!isNearer(similarity, id, similarities[at] ?? 0, ids[at] ?? 0)) return;
    for (; at > start && isNearer(similarity, id, similarities[at - 1] ?? 0, ids[at - 1] ?? 0); at--) {
      similarities[at] = similarities[at - 1] ?? 0;
      ids[at] = ids[at - 1] ?? -1;
    }
    similarities[at] = similarity;
    ids[at] = id;
  };
  return {
    /** What a row must at least reach to get into the list of `row`. */
    worst: (row: number): number => similarities[row * k + k - 1] ?? 0,
    insert,
    finish: (): Neighbours => ({ rows, k, ids, similarities }),
  };
}

const isNearer = (similarity: number, id: number, other: number, otherId: number): boolean =>
  similarity > other || (similarity === other && (otherId === -1 || id < otherId));
