import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Progress } from '../workflows/progress.js';
import { describePendingWork } from './pending-work.js';

/** Asking often enough to look alive, seldom enough to cost the worker little. */
const INTERVAL_MS = 300;

/** What pending activities tell changes slowly, and asking for it costs a second request. */
const PENDING_INTERVAL_MS = 1_500;

/**
 * Asks a workflow for its progress until `ended` settles, and once more then. The running stage's note is what its
 * activities tell of themselves: how far they are, or what went wrong at their last attempt. A query that fails (no worker
 * yet, server restarting) is left out: the next one may succeed, and the workflow's end is watched by the caller.
 */
export async function* watchProgress(
  handle: WorkflowHandle,
  ended: Promise<unknown>,
): AsyncGenerator<Progress> {
  const over = ended.then(
    () => 'over' as const,
    () => 'over' as const,
  );
  const askForNote = createNoteTaker(handle);
  for (;;) {
    const asked = await Promise.race([askForProgress(handle), over]);
    if (asked === 'over') break;
    const note = await Promise.race([askForNote(), over]);
    if (note === 'over') break;
    if (asked !== undefined) yield withNote(asked, note?.text);
    if ((await Promise.race([sleep(INTERVAL_MS), over])) === 'over') break;
  }
  const last = await askForProgress(handle);
  if (last !== undefined) yield last;
}

async function askForProgress(handle: WorkflowHandle): Promise<Progress | undefined> {
  try {
    return await handle.query<Progress>('progress');
  } catch {
    return undefined;
  }
}

interface Note {
  readonly text: string;
}

/** Asks for pending work now and then, and gives the last answer in between. */
function createNoteTaker(handle: WorkflowHandle): () => Promise<Note | undefined> {
  let latest: Note | undefined;
  let askedAt = Date.now();
  return async () => {
    if (Date.now() - askedAt < PENDING_INTERVAL_MS) return latest;
    const text = await describePendingWork(handle).catch(() => undefined);
    askedAt = Date.now();
    latest = text === undefined ? undefined : { text };
    return latest;
  };
}

function withNote(progress: Progress, note: string | undefined): Progress {
  const { stage, stages } = progress;
  if (note === undefined || stage === 'completed' || stage === 'failed') return progress;
  if (stages[stage].state !== 'running') return progress;
  return { ...progress, stages: { ...stages, [stage]: { ...stages[stage], note } } };
}
