/**
 * A process that runs a workflow of empty activities on Temporal's SDK alone, with as many at once as Graft's extract
 * worker takes, and tells its parent what each cost it.
 */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createLogger, installRuntime } from '../../workers/runtime.js';
import type { BareActivities, bareLoop } from './bare-sdk-workflow.js';

export interface BareLoopSettings {
  readonly address: string;
  readonly activities: number;
  readonly window: number;
}

export interface BareLoopCost {
  /** Of user and system time of the process, between the first activity and the last. */
  readonly millisecondsPerActivity: number;
}

const TASK_QUEUE = 'bare-loop';
const CONCURRENT = 3;

const { address, activities, window } = JSON.parse(process.argv[2] ?? '') as BareLoopSettings;
installRuntime(createLogger());
const connection = await NativeConnection.connect({ address });
let ran = 0;
let [first, last] = [process.cpuUsage(), process.cpuUsage()];
const nothing: BareActivities['nothing'] = () => {
  if (++ran === 1) first = process.cpuUsage();
  last = process.cpuUsage();
  return Promise.resolve();
};
const worker = await Worker.create({
  ...{ connection, taskQueue: TASK_QUEUE, activities: { nothing } },
  ...{ maxConcurrentActivityTaskExecutions: CONCURRENT, maxCachedWorkflows: 100, workflowThreadPoolSize: 1 },
  workflowsPath: fileURLToPath(new URL('bare-sdk-workflow.js', import.meta.url)),
});
await worker.runUntil(async () => {
  const client = new Client({ connection: await Connection.connect({ address }) });
  await client.workflow.execute<typeof bareLoop>('bareLoop', {
    ...{ taskQueue: TASK_QUEUE, workflowId: `bare-loop-${process.pid}`, args: [{ activities, window }] },
  });
  await client.connection.close();
});
await connection.close();
const microseconds = last.user - first.user + (last.system - first.system);
const cost: BareLoopCost = { millisecondsPerActivity: microseconds / 1_000 / (ran - 1) };
process.send?.(cost);
process.disconnect();
