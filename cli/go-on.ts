import type { WorkflowHandle } from '@temporalio/client';
import { resumeUpdate, retryUpdate } from '../workflows/messages.js';
import type { Progress } from '../workflows/progress.js';
import { type Waiter, awaitWorker } from './await-worker.js';
import { escapeTerminal } from './escape-terminal.js';
import { refusedUpdate } from './refused-update.js';

/**
 * Has a run go on that waits for somebody: the same command again means that the cause is gone. A run that somebody paused
 * stays paused.
 *
 * @returns what was done, as a sentence to go on a line; empty where the run waits for nothing.
 */
export async function goOn(handle: WorkflowHandle, waiter: Waiter): Promise<string> {
  const { waiting } = await awaitWorker(handle.query<Progress>('progress'), waiter);
  if (waiting === undefined) return '';
  const because = escapeTerminal(waiting.because).replace(/\.$/, '');
  if (waiting.byHand === true) return ` It is paused: ${because}. graft resume has it go on.`;
  if (waiting.for === 'resume') {
    await refusedUpdate(handle.executeUpdate(resumeUpdate), waiter);
    return ` It was paused: ${because}. It goes on now.`;
  }
  if (waiting.for === 'approval') return ' It awaits approval.';
  const { batches } = await refusedUpdate(handle.executeUpdate(retryUpdate, { args: [undefined] }), waiter);
  return ` It waited: ${because}. ${batches === 1 ? 'That batch runs' : `${batches} batches run`} again now.`;
}
