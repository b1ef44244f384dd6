import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import { keys } from '../storage/keys.js';

/** `registry/<dataset>/last.json`: the last completed run of a data set. */
export interface LastRun {
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
  readonly model: string;
  readonly backbone: string;
  /** All that the model depends on. */
  readonly lineage: unknown;
}

/** The last completed run of a data set, or `undefined` before the first. */
export async function readLastRun(store: ObjectStore, dataset: string): Promise<LastRun | undefined> {
  try {
    return parseLastRun(await store.get(keys.lastRun(dataset)));
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}

/** The last completed run of every data set, newest first. */
export async function listLastRuns(store: ObjectStore): Promise<readonly LastRun[]> {
  const runs: LastRun[] = [];
  for await (const { key } of store.list(keys.registry())) {
    if (key.endsWith('/last.json')) runs.push(parseLastRun(await store.get(key)));
  }
  return runs.sort((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1));
}

const parseLastRun = (bytes: Uint8Array): LastRun => JSON.parse(Buffer.from(bytes).toString()) as LastRun;
