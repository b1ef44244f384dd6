import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { inject, onTestFinished } from 'vitest';

/** A namespace of the shared server for one test: task queues have fixed names, so tests must not share one. */
export interface TestNamespace {
  readonly namespace: string;
  readonly client: Client;
  readonly connection: NativeConnection;
}

/** Registers a new namespace and connects to it; the connections close when the test ends. */
export async function openNamespace(): Promise<TestNamespace> {
  const address = inject('temporalAddress');
  const namespace = `test-${randomUUID()}`;
  const clientConnection = await Connection.connect({ address });
  const connection = await NativeConnection.connect({ address });
  onTestFinished(async () => {
    await clientConnection.close();
    await connection.close();
  });
  await clientConnection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  await waitUntilKnown(clientConnection, namespace);
  return { namespace, client: new Client({ connection: clientConnection, namespace }), connection };
}

/** The server's own caches learn of a namespace within a second or so. */
async function waitUntilKnown(connection: Connection, namespace: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ;) {
    try {
      await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
      await connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'graft' } });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
