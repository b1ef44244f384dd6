import type { WorkflowHandle } from '@temporalio/client';
import { BadInput } from '../errors/graft-error.js';
import { type RecordedRun, findRun } from '../runs/read-run.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { transferLearning } from '../workflows/transfer-learning.js';
import type { Session } from './session.js';

/** A run that somebody wants to act on. */
export interface NamedRun {
  readonly run: RecordedRun;
  readonly handle: WorkflowHandle<typeof transferLearning>;
  /** Whether its workflow is open, by what the server says. */
  readonly isOpen: boolean;
}

/** Finds a run by what was typed and asks the server about it. Throws `BadInput` where there is none. */
export async function nameRun(store: ObjectStore, session: Session, reference: string): Promise<NamedRun> {
  const run = await findRun(store, reference);
  const handle = session.client.workflow.getHandle<typeof transferLearning>(run.workflowId, run.runId);
  const description = await handle.describe().catch(() => undefined);
  return { run, handle, isOpen: description?.status.name === 'RUNNING' };
}

/** Throws `BadInput` unless the run's workflow is open. */
export function assertOpen({ run, isOpen }: NamedRun, what: string): void {
  if (isOpen) return;
  const ended =
    run.outcome === undefined ? 'is not open on this server' : `has ended (${run.outcome.status})`;
  throw new BadInput(`Run ${run.runId} ${ended}: there is nothing to ${what}.`);
}
