import { Connection } from '@temporalio/client';
import { hostname } from 'node:os';

type DescribeTaskQueue = Parameters<Connection['workflowService']['describeTaskQueue']>[0];

/** TASK_QUEUE_TYPE_ACTIVITY: every role of a worker polls for some. The client does not export the enum itself. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
const ACTIVITIES = 2 as NonNullable<DescribeTaskQueue['taskQueueType']>;

/** Pollers ask again at least once a minute; the server remembers them for five. */
const FRESH_MS = 2 * 60_000;

/**
 * The container's health check: `node dist/infra/worker-health.js <task queue>` ends with 0 when the server saw a worker
 * of this host polling the queue lately.
 */
async function sawThisHost(taskQueue: string): Promise<boolean> {
  const connection = await Connection.connect({
    address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233',
    connectTimeout: 5_000,
  });
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
      taskQueue: { name: taskQueue },
      taskQueueType: ACTIVITIES,
    });
    return pollers.some(
      ({ identity, lastAccessTime }) =>
        // A worker calls itself `<pid>@<host>`, as the SDK does by default.
        identity?.endsWith(`@${hostname()}`) === true &&
        Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < FRESH_MS,
    );
  } finally {
    await connection.close();
  }
}

const [taskQueue = 'graft'] = process.argv.slice(2);
process.exitCode = (await sawThisHost(taskQueue)) ? 0 : 1;
