import { setTimeout as sleep } from 'node:timers/promises';
import { type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { RunInput } from '../runs/run-input.js';
import type { RunSummary } from '../runs/run-summary.js';
import { PIPELINE_QUEUE } from '../runs/task-queues.js';
import { progressQuery, resumeUpdate, retryUpdate } from '../workflows/messages.js';
import type { Scene } from './scene.js';

/** How a run ended that did not complete. */
export interface Failure {
  readonly workflowId: string;
  readonly type: string;
  readonly message: string;
}

/** What an operator had to do besides waiting. */
export interface Operations {
  resumed: number;
  retried: number;
  /** Whether what went wrong is over: nobody goes on while it lasts. */
  readonly mayGoOn: () => boolean;
}

/** A watched run: its end, and whether it is there. */
export interface WatchedRun {
  readonly end: Promise<RunSummary | Failure>;
  isOver(): boolean;
}

/** Nobody goes on more often than that: what stops the run then does not pass. */
const MOST_OPERATIONS = 40;

/** How often a run is looked at, and how long an answer may take, in milliseconds. */
const LOOK_MS = 300;
const ANSWER_MS = 3_000;

/**
 * Starts a run and does what an operator would until it ends: goes on where it paused itself, has failed batches run
 * again. Neither a server nor workers that are away end the watch.
 */
export function watchRun(
  scene: Scene,
  workflowId: string,
  input: RunInput,
  operations: Operations,
  signal: AbortSignal,
): WatchedRun {
  let isOver = false;
  const end = watch(scene, workflowId, input, operations, signal).finally(() => (isOver = true));
  end.catch(() => undefined);
  return { end, isOver: () => isOver };
}

async function watch(
  scene: Scene,
  workflowId: string,
  input: RunInput,
  operations: Operations,
  signal: AbortSignal,
): Promise<RunSummary | Failure> {
  const { client } = scene;
  const options = { taskQueue: PIPELINE_QUEUE, workflowId, args: [input] };
  const start = () => client.workflow.start('transferLearning', options);
  await insist(scene, signal, start);
  const handle = client.workflow.getHandle(workflowId);
  while (await insist(scene, signal, () => isRunning(handle))) {
    if (operations.resumed + operations.retried > MOST_OPERATIONS)
      throw new Error(
        `expected ${workflowId} to go on, but it has paused more than ${MOST_OPERATIONS} times`,
      );
    // Whatever does not answer now will at the next look.
    if (operations.mayGoOn()) await within(scene, () => help(handle, operations)).catch(() => undefined);
    await sleep(LOOK_MS, undefined, { signal });
  }
  try {
    return (await insist(scene, signal, () => handle.result())) as RunSummary;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return failureOf(workflowId, error);
    throw error;
  }
}

const isRunning = async (handle: WorkflowHandle): Promise<boolean> =>
  (await handle.describe()).status.name === 'RUNNING';

async function help(handle: WorkflowHandle, operations: Operations): Promise<void> {
  const { waiting } = await handle.query(progressQuery);
  if (waiting?.for === 'resume') {
    await handle.executeUpdate(resumeUpdate);
    operations.resumed++;
  }
  if (waiting?.for === 'retry') {
    await handle.executeUpdate(retryUpdate, { args: [undefined] });
    operations.retried++;
  }
}

/** Asks again until the server answers; what the answer says is the caller's affair. */
async function insist<Answer>(
  scene: Scene,
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await within(scene, ask);
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw error;
      if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')
        return undefined as Answer;
      await sleep(LOOK_MS, undefined, { signal });
    }
  }
}

const within = <Answer>({ client }: Scene, ask: () => Promise<Answer>): Promise<Answer> =>
  client.connection.withDeadline(Date.now() + ANSWER_MS, ask);

function failureOf(workflowId: string, error: WorkflowFailedError): Failure {
  const { cause } = error;
  if (cause instanceof ApplicationFailure)
    return { workflowId, type: cause.type ?? 'Error', message: cause.message };
  return { workflowId, type: cause?.name ?? error.name, message: cause?.message ?? error.message };
}
