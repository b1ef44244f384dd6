import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { RunInput } from '../../runs/run-input.js';
import { PIPELINE_QUEUE } from '../../runs/task-queues.js';
import { createFileStore } from '../../storage/file-store.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { Progress } from '../../workflows/progress.js';
import { startGraftWorker } from './graft-worker.js';
import type { Pass } from './pass.js';
import { unpackPictures } from './pictures.js';
import { createProcessClock } from './process-clock.js';
import { describePeakMemory } from './process-usage.js';

/** The extraction stage of real runs over some pictures: Temporal, store, Parquet and receipt included. */
export interface ExtractionStage {
  /** Paths of the pictures, for those who do it another way. */
  readonly pictures: readonly string[];
  /**
   * One run with all features forgotten. Processor time is that of server, worker and extractor process, less what each
   * spends on a run that finds all features there.
   */
  readonly extract: () => Promise<Pass>;
  /** Peak memory of the worker and its extractor process. */
  readonly describeMemory: () => string;
  readonly close: () => Promise<void>;
}

export interface ExtractionStageOptions {
  readonly zip: string;
  /** Fields of the runs' input, the backbone for one. Default none: EfficientNet-Lite0. */
  readonly input?: Partial<RunInput>;
  /** Prepares the store before the worker starts. Default nothing to do. */
  readonly prepare?: (storeFolder: string) => Promise<unknown>;
}

/** Unpacks the pictures, starts a worker and makes one run that does not count. */
export async function openExtractionStage(options: ExtractionStageOptions): Promise<ExtractionStage> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-bench-'));
  const storeFolder = join(folder, 'store');
  await options.prepare?.(storeFolder);
  const source = join(folder, 'pictures');
  const pictures = await unpackPictures(options.zip, source);
  const worker = await startGraftWorker(folder);
  const input: RunInput = { ...options.input, dataset: 'bench', source };
  const close = async () => {
    await worker.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await runTransferLearning(worker.client, input);
    const clock = createProcessClock(worker.pids);
    // The same again computes nothing and keeps the head, as a run over forgotten features keeps it.
    const rest = await clock.measure(() => runTransferLearning(worker.client, input));
    return {
      pictures,
      extract: async () => {
        await forgetFeatures(createFileStore(storeFolder));
        const { result, seconds } = await clock.measure(() => runTransferLearning(worker.client, input));
        return { ...result, processorSeconds: seconds.map((each, at) => each - (rest.seconds[at] ?? 0)) };
      },
      describeMemory: () => describePeakMemory(worker.pids().slice(1)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function forgetFeatures(store: ObjectStore): Promise<void> {
  for await (const { key } of store.list('features/')) await store.delete(key);
}

async function runTransferLearning(client: Client, input: RunInput): Promise<Omit<Pass, 'processorSeconds'>> {
  const handle = await client.workflow.start('transferLearning', {
    taskQueue: PIPELINE_QUEUE,
    workflowId: `bench-${Date.now()}`,
    args: [input],
  });
  await handle.result();
  const { extraction, stages } = await handle.query<Progress>('progress');
  return { images: extraction.done, seconds: stages.extract.seconds ?? Number.NaN };
}
