import { keys } from '../storage/keys.js';
import type { ObjectStore, StoredObject } from '../storage/object-store.js';

/** The objects of one run. */
export interface StoredRun {
  readonly runId: string;
  readonly objects: readonly StoredObject[];
  /** Written last: absent of a run that goes on, or was left behind by a server that is gone. */
  readonly outcome: StoredObject | undefined;
  readonly planSegments: readonly StoredObject[];
  /** Records of failed batches. */
  readonly batches: readonly StoredObject[];
}

/** Every run of a store, by one listing. */
export async function listStoredRuns(store: ObjectStore): Promise<readonly StoredRun[]> {
  const found = new Map<string, StoredObject[]>();
  for await (const object of store.list(keys.runs())) {
    const [, runId = '', file] = object.key.split('/');
    if (file === undefined) continue;
    const objects = found.get(runId) ?? [];
    objects.push(object);
    found.set(runId, objects);
  }
  return [...found].map(([runId, objects]) => ({
    runId,
    objects,
    outcome: objects.find(({ key }) => key === keys.runOutcome(runId)),
    planSegments: objects.filter(({ key }) => key.startsWith(keys.runPlanSegments(runId))),
    batches: objects.filter(({ key }) => key.startsWith(keys.runBatches(runId))),
  }));
}
