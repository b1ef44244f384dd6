import type { StoredObject } from '../storage/object-store.js';
import { type AgeGuard, type Garbage, type GarbageKind, isOld } from './garbage.js';
import type { StoredRun } from './stored-runs.js';

/**
 * What an ended run needs no more: the segments of its plan and the records of its failed batches. Receipt, metrics, report,
 * outcome and the plan's counts stay.
 */
export function findRunGarbage(run: StoredRun, guard: AgeGuard): readonly Garbage[] {
  if (run.outcome === undefined || !isOld(run.outcome, guard)) return [];
  const { runId, planSegments, batches } = run;
  const old = (objects: readonly StoredObject[]) => objects.filter((object) => isOld(object, guard));
  // One plan names all of them.
  const plan = old(planSegments).length === planSegments.length ? asGarbage('plans', planSegments) : [];
  return [...plan.map((segment) => ({ ...segment, runId })), ...asGarbage('failures', old(batches))];
}

/** Whether a run may be at work: it has not ended, and something of it is young. */
export const mayBeAtWork = ({ outcome, objects }: StoredRun, guard: AgeGuard): boolean =>
  outcome === undefined && objects.some((object) => !isOld(object, guard));

/** Objects as garbage of one kind. */
export const asGarbage = (kind: GarbageKind, objects: readonly StoredObject[]): readonly Garbage[] =>
  objects.map(({ key, size }) => ({ kind, name: key, size }));
