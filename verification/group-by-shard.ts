import type { Sha256 } from '../dataset/dataset.js';

/** Puts together what lies in one shard, by the shard's name. */
export function groupByShard<Placed extends { readonly shard: Sha256 }>(
  items: Iterable<Placed>,
): ReadonlyMap<Sha256, readonly Placed[]> {
  const groups = new Map<Sha256, Placed[]>();
  for (const item of items) {
    const group = groups.get(item.shard);
    if (group === undefined) groups.set(item.shard, [item]);
    else group.push(item);
  }
  return groups;
}
