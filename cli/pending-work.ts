import type { WorkflowClient, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { formatCount } from './stage-line.js';

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/**
 * What the running activities of a workflow, or of its child, tell of themselves: what went wrong at the last attempt,
 * else how far a download or the restructuring is. Undefined where there is nothing to tell.
 */
export async function describePendingWork(handle: WorkflowHandle): Promise<string | undefined> {
  const { raw } = await handle.describe();
  const [child] = raw.pendingChildren ?? [];
  const activities = child?.workflowId
    ? await pendingOf(handle.client, child.workflowId)
    : (raw.pendingActivities ?? []);
  const failing = activities.find(({ attempt, lastFailure }) => (attempt ?? 1) > 1 && lastFailure?.message);
  if (failing !== undefined) return describeTrouble(failing);
  const [running] = activities;
  return child?.workflowId || running === undefined ? undefined : describeHeartbeat(running);
}

async function pendingOf(client: WorkflowClient, workflowId: string): Promise<readonly PendingActivity[]> {
  const { raw } = await client.getHandle(workflowId).describe();
  return raw.pendingActivities ?? [];
}

/** `attempt 2 of 5, extract-training-0007: the store does not answer` */
function describeTrouble({ attempt, maximumAttempts, activityId, lastFailure }: PendingActivity): string {
  const name = activityId && /\D/.test(activityId) ? `, ${activityId}` : '';
  return `attempt ${attempt ?? '?'} of ${maximumAttempts || '?'}${name}: ${lastFailure?.message ?? ''}`;
}

/** `1,234 of 4,000 pictures`, `12.3 MB` */
function describeHeartbeat({ heartbeatDetails }: PendingActivity): string | undefined {
  const [payload] = heartbeatDetails?.payloads ?? [];
  if (!payload) return undefined;
  const details = defaultPayloadConverter.fromPayload<{ done?: number; total?: number; received?: number }>(
    payload,
  );
  if (details.received !== undefined) return `${(details.received / 1e6).toFixed(1)} MB`;
  if (details.done === undefined || details.total === undefined) return undefined;
  return `${formatCount(details.done)} of ${formatCount(details.total)} pictures`;
}
