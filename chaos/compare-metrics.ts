/** A value of JSON. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * The largest difference between two `metrics.json`, over every number but the stages' seconds; infinite where one has
 * something that the other has not.
 */
export function largestDifference(ours: Json, theirs: Json): number {
  if (typeof ours === 'number' && typeof theirs === 'number') return Math.abs(ours - theirs);
  if (typeof ours !== 'object' || typeof theirs !== 'object' || ours === null || theirs === null)
    return ours === theirs ? 0 : Number.POSITIVE_INFINITY;
  const [a, b] = [new Map(Object.entries(ours)), new Map(Object.entries(theirs))];
  const names = new Set([...a.keys(), ...b.keys()]);
  names.delete('seconds');
  const differences = [...names].map((name) => {
    const [one, other] = [a.get(name), b.get(name)];
    return one === undefined || other === undefined
      ? Number.POSITIVE_INFINITY
      : largestDifference(one, other);
  });
  return differences.reduce((most, each) => Math.max(most, each), 0);
}
