import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Receipt } from '../../features/receipt.js';
import { findTemporalCli } from '../../infra/temporal-cli.js';
import { startTemporalServer } from '../../infra/temporal-server.js';
import { packageRoot } from '../../runs/package-root.js';
import { PIPELINE_QUEUE } from '../../runs/task-queues.js';
import { createFileStore } from '../../storage/file-store.js';
import type { transferLearning } from '../../workflows/transfer-learning.js';
import { type RunHistories, measureHistories } from './history-size.js';
import { measureBareLoop } from './measure-bare-loop.js';
import { processorSeconds } from './process-usage.js';
import type { FromScaleWorker, ScaleSample, ScaleWorkerSettings } from './scale-worker.js';
import { SYNTHETIC, writeSyntheticDataset } from './synthetic-dataset.js';

export interface ScaleOptions {
  readonly batches: number;
  /** Pictures a batch. */
  readonly batchSize: number;
  /** Batches in flight. */
  readonly window: number;
  /** Of the pictures' names. */
  readonly seed: number;
  /** Into how many parts extraction is cut for the samples. */
  readonly parts: number;
  /** Node.js options of the worker process. Default none. */
  readonly nodeOptions?: readonly string[];
  /** Empty activities of a bare loop, before the run and again after it. Default 0: not measured. */
  readonly bareActivities?: number;
}

export interface ServerSample extends ScaleSample {
  /** Of the Temporal server; NaN where the system does not tell. */
  readonly serverSeconds: number;
}

export interface ScaleMeasurement extends RunHistories {
  /** At the first batch, after each part of extraction, and after the run. */
  readonly samples: readonly ServerSample[];
  readonly receipt: Receipt;
  /** Objects in the store by the folders around a name or hash: `features/shards`, `runs/plan`. */
  readonly objects: ReadonlyMap<string, number>;
  /** Processor milliseconds of an empty activity on the SDK alone, before the run and after it; empty where not measured. */
  readonly bareMilliseconds: readonly number[];
}

/** Runs the real workflows over pictures that nobody has, with an extractor that computes nothing, in a worker process. */
export async function measureScale(options: ScaleOptions): Promise<ScaleMeasurement> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-bench-scale-'));
  const server = await startTemporalServer({
    cli: await findTemporalCli({ announce: ({ text }) => console.error(text) }),
    dataFolder: join(folder, 'server'),
    database: 'memory',
    announce: () => undefined,
  });
  const { bareActivities = 0, window } = options;
  const bare = { address: server.address, activities: bareActivities, window };
  const measureBare = async (): Promise<readonly number[]> =>
    bareActivities === 0 ? [] : [(await measureBareLoop(bare)).millisecondsPerActivity];
  try {
    const before = await measureBare();
    const measured = await measureOn(server, folder, options);
    return { ...measured, bareMilliseconds: [...before, ...(await measureBare())] };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureOn(
  server: { readonly address: string; readonly pid: number },
  folder: string,
  options: ScaleOptions,
): Promise<Omit<ScaleMeasurement, 'bareMilliseconds'>> {
  const { batches, batchSize, window, seed, parts } = options;
  const images = batches * batchSize;
  const store = createFileStore(join(folder, 'store'));
  const version = await writeSyntheticDataset(store, images, seed);
  const worker = await startScaleWorker(
    server.pid,
    {
      ...{ address: server.address, folder: join(folder, 'store'), cacheFolder: join(folder, 'cache') },
      ...{ version, images, batches, parts },
    },
    options.nodeOptions,
  );
  const connection = await Connection.connect({ address: server.address });
  try {
    const client = new Client({ connection });
    const handle = await client.workflow.start<typeof transferLearning>('transferLearning', {
      taskQueue: PIPELINE_QUEUE,
      workflowId: 'scale',
      args: [{ dataset: SYNTHETIC, source: folder, batchSize, window }],
    });
    const { receipt } = await Promise.race([handle.result(), worker.failed]);
    await worker.sample();
    const objects = await countObjects(store);
    return { samples: worker.samples, receipt, objects, ...(await measureHistories(client, 'scale')) };
  } finally {
    await connection.close();
    await worker.close();
  }
}

/** A worker process and what it has told. */
interface ScaleWorker {
  readonly samples: readonly ServerSample[];
  /** Asks for one more. */
  sample(): Promise<void>;
  /** Rejects when the process ends before its time. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

async function startScaleWorker(
  serverPid: number,
  settings: ScaleWorkerSettings,
  nodeOptions: readonly string[] = [],
): Promise<ScaleWorker> {
  const main = join(packageRoot, 'dist/bench/harness/scale-worker.js');
  const child = fork(main, [JSON.stringify(settings)], {
    execArgv: [...nodeOptions],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const failed = ended.then(() => {
    throw new Error('expected the worker process to serve the run, but it ended; see what it wrote above');
  });
  failed.catch(() => undefined);
  const samples: ServerSample[] = [];
  child.on('message', (message: FromScaleWorker) => {
    if (message.kind === 'sample')
      samples.push({ ...message.sample, serverSeconds: processorSeconds(serverPid) });
  });
  await Promise.race([nextMessage(child, 'ready'), failed]);
  return {
    samples,
    failed,
    async sample() {
      child.send('sample');
      await Promise.race([nextMessage(child, 'sample'), failed]);
    },
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

async function nextMessage(child: ChildProcess, kind: FromScaleWorker['kind']): Promise<void> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [FromScaleWorker];
    if (message.kind === kind) return;
  }
}

async function countObjects(store: ReturnType<typeof createFileStore>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const { key } of store.list('')) {
    const [room, , inner] = key.split('/');
    const kind = `${room}/${inner}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
