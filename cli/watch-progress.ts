import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { type Progress, isOver } from '../workflows/progress.js';
import { describePendingWork } from './pending-work.js';

/** Asking often enough to look alive, seldom enough to cost the worker little. */
const INTERVAL_MS = 300;

/** A query that takes longer has no worker or no server to answer it. */
const DEADLINE_MS = 5_000;

/** After so long without any answer people should know that the server is silent. */
const SILENCE_MS = 15_000;

/** What pending activities tell changes slowly, and asking for it costs a second request. */
const PENDING_INTERVAL_MS = 1_500;

/**
 * Asks a workflow for its progress until `ended` settles, and once more then. The running stage's note is what its
 * activities tell of themselves: how far they are, or what went wrong at their last attempt. A query that fails (no worker
 * yet, server restarting) is left out: the next one may succeed, and the workflow's end is watched by the caller. Where
 * none succeeds for long, the note says so.
 */
export async function* watchProgress(
  handle: WorkflowHandle,
  ended: Promise<unknown>,
): AsyncGenerator<Progress> {
  const over = overOnce(ended);
  const askForNote = createNoteTaker(handle);
  let latest: Progress | undefined;
  let answeredAt = Date.now();
  for (;;) {
    const asked = await Promise.race([askForProgress(handle), over]);
    if (asked === 'over') break;
    if (asked !== undefined) {
      const note = await Promise.race([askForNote(), over]);
      if (note === 'over') break;
      answeredAt = Date.now();
      latest = asked;
      yield withNote(asked, note?.text);
    } else if (latest !== undefined && Date.now() - answeredAt > SILENCE_MS) {
      yield withNote(latest, SILENT);
    }
    if ((await Promise.race([sleep(INTERVAL_MS), over])) === 'over') break;
  }
  const last = await askForProgress(handle);
  if (last !== undefined) yield last;
}

/** Whether a worker answers within about `patienceMs`, or `ended` settles before, so that nobody has to. Never rejects. */
export async function isAnswered(
  handle: WorkflowHandle,
  ended: Promise<unknown>,
  patienceMs: number,
): Promise<boolean> {
  const over = overOnce(ended);
  for (const until = Date.now() + patienceMs; Date.now() < until;) {
    if ((await Promise.race([askForProgress(handle), over])) !== undefined) return true;
    await Promise.race([sleep(INTERVAL_MS), over]);
  }
  return false;
}

const overOnce = (ended: Promise<unknown>): Promise<'over'> =>
  ended.then(
    () => 'over',
    () => 'over',
  );

const SILENT = 'no answer from Temporal: is its disk full?';

/** Undefined where nobody answers within 5 seconds. */
export async function askForProgress(handle: WorkflowHandle): Promise<Progress | undefined> {
  try {
    return await handle.client.withDeadline(Date.now() + DEADLINE_MS, () =>
      handle.query<Progress>('progress'),
    );
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
  if (note === undefined || isOver(stage)) return progress;
  if (stages[stage].state !== 'running') return progress;
  return { ...progress, stages: { ...stages, [stage]: { ...stages[stage], note } } };
}
