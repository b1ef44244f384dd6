import { type Client, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { PIPELINE_QUEUE } from '../runs/task-queues.js';
import type { RunInput } from '../runs/run-input.js';
import { workflowIdOf } from '../runs/workflow-id.js';
import type { transferLearning } from '../workflows/transfer-learning.js';

export interface StartedRun {
  readonly handle: WorkflowHandleWithFirstExecutionRunId<typeof transferLearning>;
  /** The same command is running already: this is that run. */
  readonly joined: boolean;
}

/** Starts a run, or joins the one that the same input has started and that still runs. */
export async function startRun(client: Client, input: RunInput): Promise<StartedRun> {
  const workflowId = workflowIdOf(input);
  const before = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch(() => undefined);
  const handle = await client.workflow.start<typeof transferLearning>('transferLearning', {
    taskQueue: PIPELINE_QUEUE,
    workflowId,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [input],
    staticSummary: `${input.dataset} · ${input.backbone ?? 'efficientnet-lite0'}`,
    staticDetails: input.source === undefined ? 'A data set that Graft knows' : `Source: ${input.source}`,
  });
  return { handle, joined: before?.runId === handle.firstExecutionRunId };
}
