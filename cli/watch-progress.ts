import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Progress } from '../workflows/progress.js';

/** Asking often enough to look alive, seldom enough to cost the worker little. */
const INTERVAL_MS = 300;

/**
 * Asks a workflow for its progress until `ended` settles, and once more then. A query that fails (no worker yet, server
 * restarting) is left out: the next one may succeed, and the workflow's end is watched by the caller.
 */
export async function* watchProgress(
  handle: WorkflowHandle,
  ended: Promise<unknown>,
): AsyncGenerator<Progress> {
  const over = ended.then(
    () => 'over' as const,
    () => 'over' as const,
  );
  for (;;) {
    const asked = await Promise.race([askForProgress(handle), over]);
    if (asked === 'over') break;
    if (asked !== undefined) yield asked;
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
