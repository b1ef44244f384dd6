import { BadInput } from '../errors/graft-error.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import type { RunInput } from './run-input.js';
import type { RunSettings } from './run-settings.js';
import type { OfferedRun, RunOutcome } from './run-summary.js';

/** `input.json`: written before anything else of a run. */
export interface RunRecord {
  readonly runId: string;
  readonly workflowId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly input: RunInput;
  readonly settings: RunSettings;
}

/** What the store knows of a run that has begun. */
export interface RecordedRun extends RunRecord {
  /** Absent while it runs. */
  readonly outcome?: RunOutcome;
  /** Of a run without an outcome: what it would publish, where it awaits approval. */
  readonly offer?: OfferedRun;
}

/** Every run of the store, oldest first. */
export async function listRuns(store: ObjectStore): Promise<readonly RecordedRun[]> {
  const ids: string[] = [];
  for await (const { key } of store.list(keys.runs())) {
    const [, runId, file] = key.split('/');
    if (runId !== undefined && file === 'input.json') ids.push(runId);
  }
  const runs = await Promise.all(ids.map((runId) => readRecord(store, runId)));
  return runs.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

/**
 * The run that `reference` names: a run id, enough of its beginning, a workflow id (the newest run under it), or `last`, the
 * newest. Throws `BadInput` where it names none or several.
 */
export async function findRun(store: ObjectStore, reference: string): Promise<RecordedRun> {
  return pickRun(await listRuns(store), store, reference, 'There is no run');
}

/**
 * The ended run that `reference` names; `last` is the newest of them. Throws `BadInput` where it names none, several, or
 * one that has not ended.
 */
export async function readRun(
  store: ObjectStore,
  reference: string,
): Promise<RecordedRun & { readonly outcome: RunOutcome }> {
  const runs = await listRuns(store);
  const run = pickRun(
    reference === 'last' ? runs.filter(hasEnded) : runs,
    store,
    reference,
    'No run has ended',
  );
  if (!hasEnded(run))
    throw new BadInput(`Run ${run.runId} has not ended. graft status ${run.runId} shows how far it is.`);
  return run;
}

function pickRun(
  runs: readonly RecordedRun[],
  store: ObjectStore,
  reference: string,
  noneYet: string,
): RecordedRun {
  const found = matchRuns(runs, reference);
  const [run] = found;
  if (run === undefined && reference === 'last')
    throw new BadInput(`${noneYet} in ${store.url} yet. Start one: graft run sample`);
  if (run === undefined)
    throw new BadInput(`No run ${quote(reference)} in ${store.url}. graft status lists the runs.`);
  if (found.length > 1)
    throw new BadInput(`${quote(reference)} begins ${found.length} run ids. Give more of the one you mean.`);
  return run;
}

/**
 * The runs that `reference` may mean, oldest first: `last`, those whose ids it begins, else the newest of the workflow id that
 * it is, for whoever started a workflow from the Temporal CLI knows it by that.
 */
export function matchRuns(runs: readonly RecordedRun[], reference: string): readonly RecordedRun[] {
  if (reference === 'last') return runs.slice(-1);
  const byRunId = runs.filter((run) => run.runId.startsWith(reference));
  return byRunId.length > 0 ? byRunId : runs.filter((run) => run.workflowId === reference).slice(-1);
}

export const hasEnded = (run: RecordedRun): run is RecordedRun & { readonly outcome: RunOutcome } =>
  run.outcome !== undefined;

async function readRecord(store: ObjectStore, runId: string): Promise<RecordedRun> {
  const [input, outcome] = await Promise.all([
    readJson<RunRecord>(store, keys.runInput(runId)),
    readIfThere<RunOutcome>(store, keys.runOutcome(runId)),
  ]);
  if (outcome !== undefined) return { ...input, outcome };
  const offer = await readIfThere<OfferedRun>(store, keys.runOffer(runId));
  return offer === undefined ? input : { ...input, offer };
}

async function readIfThere<Value>(store: ObjectStore, key: string): Promise<Value | undefined> {
  try {
    return await readJson<Value>(store, key);
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}

async function readJson<Value>(store: ObjectStore, key: string): Promise<Value> {
  return JSON.parse(Buffer.from(await store.get(key)).toString()) as Value;
}

const quote = (text: string): string => JSON.stringify(text);
