/**
 * Groups of rows that pairs hold together, also over third ones: each row's group, named by its lowest row.
 *
 * @example groupPairs(5, [[0, 2], [2, 4]]) // 0, 1, 0, 3, 0
 */
export function groupPairs(rows: number, pairs: Iterable<readonly [number, number]>): Int32Array {
  const parent = Int32Array.from({ length: rows }, (_, row) => row);
  const find = (row: number): number => {
    let at = row;
    for (let up = parent[at] ?? at; up !== at; up = parent[at] ?? at) {
      parent[at] = parent[up] ?? up;
      at = up;
    }
    return at;
  };
  for (const [a, b] of pairs) {
    const [left, right] = [find(a), find(b)];
    parent[Math.max(left, right)] = Math.min(left, right);
  }
  return parent.map((_, row) => find(row));
}

/** The rows of each group of at least two, in order. */
export function membersOf(groups: Int32Array): readonly (readonly number[])[] {
  const members = new Map<number, number[]>();
  groups.forEach((group, row) => {
    const those = members.get(group);
    if (those === undefined) members.set(group, [row]);
    else those.push(row);
  });
  return [...members.values()].filter(({ length }) => length > 1);
}
