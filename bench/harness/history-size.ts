import type { Client } from '@temporalio/client';

/** How long one workflow's history is. */
export interface HistorySize {
  readonly workflowId: string;
  readonly events: number;
  readonly bytes: number;
}

export interface RunHistories {
  readonly parent: HistorySize;
  /** In the order in which they began. */
  readonly children: readonly HistorySize[];
  /** Messages of children that the parent received. */
  readonly messages: number;
}

/** The histories of a run and of all children that it ever started. */
export async function measureHistories(client: Client, workflowId: string): Promise<RunHistories> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const started = (events ?? []).flatMap(
    ({ childWorkflowExecutionStartedEventAttributes: child }) => child?.workflowExecution?.workflowId ?? [],
  );
  const children: HistorySize[] = [];
  for (const id of started) children.push(await measureHistory(client, id));
  const messages = (events ?? []).filter(({ workflowExecutionSignaledEventAttributes: it }) => it != null);
  return { parent: await measureHistory(client, workflowId), children, messages: messages.length };
}

async function measureHistory(client: Client, workflowId: string): Promise<HistorySize> {
  const { historyLength, historySize } = await client.workflow.getHandle(workflowId).describe();
  return { workflowId, events: historyLength, bytes: historySize ?? Number.NaN };
}
