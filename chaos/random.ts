/** Draws that are the same for the same seed. */
export interface Random {
  /** A number from `least` to `most`. */
  between(least: number, most: number): number;
  /** One of a list; throws where it is empty. */
  pick<Item>(items: readonly Item[]): Item;
  /** The same items in another order. */
  shuffle<Item>(items: readonly Item[]): Item[];
}

/** Random draws from a seed: mulberry32 (Tommy Ettinger, 2017). */
export function createRandom(seed: number): Random {
  const next = createNumbers(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new RangeError('expected something to choose from, received an empty list');
    return item;
  };
  return {
    between: (least, most) => least + next() * (most - least),
    pick,
    shuffle: (items) =>
      items
        .map((item) => ({ item, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item),
  };
}

/** Numbers from 0 to 1 (exclusive). */
function createNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
