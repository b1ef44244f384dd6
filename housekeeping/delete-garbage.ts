import type { Sha256 } from '../dataset/dataset.js';
import type { ObjectStore } from '../storage/object-store.js';
import { dropFromSegments } from './drop-from-segments.js';
import { emptyPlan } from './empty-plan.js';
import { type Findings, nameAll } from './find-garbage.js';
import type { Garbage } from './garbage.js';
import { listStoredRuns } from './stored-runs.js';
import { listVersions } from './stored-versions.js';

/** What was deleted, and sentences on what was not. */
export interface Deleted {
  readonly garbage: readonly Garbage[];
  readonly notes: readonly string[];
}

/**
 * Deletes what was found. What refers to something lets go of it first: plans of their segments, the index of its shards. Killed at any byte it leaves a correct store; the next time does the rest.
 *
 * Shards without a reference stay where a run or a version has come since: it may refer to them.
 */
export async function deleteGarbage(store: ObjectStore, { garbage, known }: Findings): Promise<Deleted> {
  const newcomer = garbage.some(({ kind }) => kind === 'unreferenced')
    ? await findNewcomer(store, known)
    : undefined;
  const doomed = garbage.filter(({ kind }) => kind !== 'unreferenced' || newcomer === undefined);
  for (const [fingerprint, shards] of groupShards(doomed))
    await dropFromSegments(store, fingerprint, ({ shard }) => shards.has(shard));
  for (const runId of new Set(doomed.flatMap((each) => each.runId ?? []))) await emptyPlan(store, runId);
  for (const { name, remove } of doomed) await (remove?.() ?? store.delete(name));
  const notes =
    newcomer === undefined
      ? []
      : [`Shards without a reference are kept: ${newcomer} has come meanwhile. Collect again later.`];
  return { garbage: doomed, notes };
}

async function findNewcomer(store: ObjectStore, known: ReadonlySet<string>): Promise<string | undefined> {
  const names = nameAll(await listStoredRuns(store), await listVersions(store));
  return [...names].find((name) => !known.has(name));
}

function groupShards(garbage: readonly Garbage[]): ReadonlyMap<Sha256, ReadonlySet<Sha256>> {
  const groups = new Map<Sha256, Set<Sha256>>();
  for (const { shard } of garbage) {
    if (shard === undefined) continue;
    const names = groups.get(shard.fingerprint) ?? new Set();
    names.add(shard.name);
    groups.set(shard.fingerprint, names);
  }
  return groups;
}
