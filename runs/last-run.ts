import { z } from 'zod';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';

const lastRunFile = z.object({
  runId: z.string(),
  /** ISO 8601, UTC. */
  finishedAt: z.string(),
  model: z.string(),
  backbone: z.string(),
  /** All that the model depends on. */
  lineage: z.unknown(),
});

/** `registry/<dataset>/last.json`: the last completed run of a data set. */
export type LastRun = Readonly<z.infer<typeof lastRunFile>>;

/** The last completed run of a data set; `undefined` before the first, and where the file is damaged: it only saves work. */
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
    const run = key.endsWith('/last.json') ? parseLastRun(await store.get(key)) : undefined;
    if (run !== undefined) runs.push(run);
  }
  return runs.sort((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1));
}

function parseLastRun(bytes: Uint8Array): LastRun | undefined {
  try {
    return lastRunFile.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return undefined;
  }
}
