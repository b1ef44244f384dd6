import { PlanDamaged, readPlan } from '../features/plan-segments.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';

/**
 * Has the plan of an ended run name no segment any more, so that they can be deleted; its counts stay. One that does not
 * read goes.
 */
export async function emptyPlan(store: ObjectStore, runId: string): Promise<void> {
  const key = keys.runPlan(runId);
  try {
    const plan = await readPlan(store, runId);
    if (plan.segments.length > 0)
      await store.replace(key, Buffer.from(canonicalJson({ ...plan, segments: [] })));
  } catch (error) {
    if (error instanceof PlanDamaged) await store.delete(key);
    else if (!(error instanceof ObjectNotFound)) throw error;
  }
}
