import { createHash } from 'node:crypto';

/**
 * A shuffled copy that is the same every time: ordered by the hash of (seed, key), so that the first few are a fair sample
 * that does not depend on the order given. Of items with equal keys, the first stays.
 *
 * @example orderByHash(rows, ({ sha256 }) => sha256, 0).slice(0, 128)
 */
export function orderByHash<T>(items: readonly T[], keyOf: (item: T) => string, seed: number): readonly T[] {
  const byKey = new Map<string, T>();
  for (const item of items) if (!byKey.has(keyOf(item))) byKey.set(keyOf(item), item);
  const hashed = [...byKey].map(([key, item]) => ({ item, hash: hashOf(seed, key) }));
  return hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ item }) => item);
}

const hashOf = (seed: number, key: string): string =>
  createHash('sha256').update(`${seed}:${key}`).digest('hex');
