import type { Sha256 } from '../dataset/dataset.js';
import { TableDamaged } from '../parquet/table.js';
import { type ObjectStore, StoreRefused } from '../storage/object-store.js';
import { asGarbage, findRunGarbage, mayBeAtWork } from './find-run-garbage.js';
import { findShardGarbage } from './find-shard-garbage.js';
import { type AgeGuard, type Garbage, isOld } from './garbage.js';
import { listFeatures } from './stored-features.js';
import { type StoredRun, listStoredRuns } from './stored-runs.js';
import { type StoredVersion, listVersions, readIndexedImages } from './stored-versions.js';

/** What can be thrown away, and what it was decided by. */
export interface Findings {
  readonly garbage: readonly Garbage[];
  /** Sentences on what was left out and why. */
  readonly notes: readonly string[];
  /** Runs and versions that were there, as {@link nameAll} names them. */
  readonly known: ReadonlySet<string>;
}

/** Finds everything of a store that nobody refers to and that is old enough; changes nothing. */
export async function findGarbage(store: ObjectStore, guard: AgeGuard): Promise<Findings> {
  const notes: string[] = [];
  // Runs before versions: a run records itself before it writes the index that will refer to shards.
  const runs = await listStoredRuns(store);
  const versions = await listVersions(store);
  const indexed = await readReferences(store, versions, runs, guard, notes);
  const garbage = runs.flatMap((run) => findRunGarbage(run, guard));
  for (const features of await listFeatures(store)) {
    garbage.push(...(await findShardGarbage(store, features, { ...guard, indexed })));
    garbage.push(
      ...asGarbage(
        'damaged',
        features.damaged.filter((object) => isOld(object, guard)),
      ),
    );
  }
  garbage.push(...(await findUnfinished(store, guard, notes)));
  return { garbage, notes, known: nameAll(runs, versions) };
}

/** One name for every run and version. */
export const nameAll = (
  runs: readonly Pick<StoredRun, 'runId'>[],
  versions: readonly StoredVersion[],
): ReadonlySet<string> =>
  new Set([
    ...runs.map(({ runId }) => `run ${runId}`),
    ...versions.map(({ dataset, version }) => `version ${version} of ${dataset}`),
  ]);

/** The images that versions hold; `undefined`, with a note, where a run may add some or an index does not read. */
async function readReferences(
  store: ObjectStore,
  versions: readonly StoredVersion[],
  runs: readonly StoredRun[],
  guard: AgeGuard,
  notes: string[],
): Promise<ReadonlySet<Sha256> | undefined> {
  const atWork = runs.find((run) => mayBeAtWork(run, guard));
  if (atWork !== undefined) {
    notes.push(`Shards without a reference are kept: run ${atWork.runId} may be about to refer to them.`);
    return undefined;
  }
  try {
    return await readIndexedImages(store, versions);
  } catch (error) {
    if (!(error instanceof TableDamaged)) throw error;
    notes.push(
      `Shards without a reference are kept: the index of a data set does not read (${error.message}).`,
    );
    return undefined;
  }
}

async function findUnfinished(store: ObjectStore, guard: AgeGuard, notes: string[]): Promise<Garbage[]> {
  const found: Garbage[] = [];
  try {
    for await (const write of store.unfinished?.() ?? []) {
      const { name, size } = write;
      if (isOld(write, guard)) found.push({ kind: 'unfinished', name, size, remove: () => write.remove() });
    }
  } catch (error) {
    // Not every server that speaks S3 lists uploads, nor does every policy allow it.
    if (!(error instanceof StoreRefused)) throw error;
    notes.push(`Unfinished uploads were not looked for: ${error.message}`);
  }
  return found;
}
