import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { describe, expect, onTestFinished } from 'vitest';
import type { createDatasetActivities } from '../../activities/dataset.js';
import type { createEvaluationActivities } from '../../activities/evaluation.js';
import { type BatchRequest, type createExtractionActivities } from '../../activities/extraction.js';
import type { ExtractionPlan, createFeatureActivities } from '../../activities/features.js';
import { createRunActivities } from '../../activities/run.js';
import type { createTrainingActivities } from '../../activities/training.js';
import { typedFailures } from '../../activities/typed-failures.js';
import { resolveBackbone } from '../../backbones/registry.js';
import { resolveDataset } from '../../dataset/known-datasets.js';
import { StoreUnavailable } from '../../storage/object-store.js';
import type { Receipt } from '../../features/receipt.js';
import { EXTRACT_QUEUE, PIPELINE_QUEUE } from '../../runs/task-queues.js';
import type { Progress } from '../../workflows/progress.js';
import type { transferLearning } from '../../workflows/transfer-learning.js';
import { MemoryStore } from '../support/memory-store.js';
import { openNamespace } from '../support/namespace.js';
import { needs, testWith } from '../support/needs.js';

const IMAGES_PER_BATCH = 10;
/** Two attempts, a tenth of a second apart: the policies as they are, only faster. */
const TIMING = { heartbeatSeconds: 5, retrySeconds: 0.1, maxAttempts: 2 };

type Pipeline = ReturnType<typeof createDatasetActivities> &
  ReturnType<typeof createFeatureActivities> &
  ReturnType<typeof createTrainingActivities> &
  ReturnType<typeof createEvaluationActivities>;
type Extraction = ReturnType<typeof createExtractionActivities>;

/** A worker over activities that answer at once; `extractBatch` is each test's own. */
async function startWorker(batches: number, extractBatch: (request: BatchRequest) => Promise<void>) {
  const { namespace, client, connection } = await openNamespace();
  const store = new MemoryStore();
  const plan: ExtractionPlan = {
    fingerprint: 'f'.repeat(64),
    images: batches * IMAGES_PER_BATCH,
    reused: 0,
    batches,
    segments: [{ key: 'runs/r/plan/0000.json', ranges: [{ split: 'training', first: 0, count: batches }] }],
  };
  const done = new Set<string>();
  const receipt = (failedBatches: number): Receipt => ({
    images: plan.images,
    unique: plan.images,
    features: done.size * IMAGES_PER_BATCH,
    quarantined: 0,
    missing: plan.images - done.size * IMAGES_PER_BATCH,
    computed: done.size * IMAGES_PER_BATCH,
    reused: 0,
    batches,
    failedBatches,
    contentHash: 'c'.repeat(64),
  });
  const headline = { accuracy: 0.9, rocAuc: 0.95, averagePrecision: 0.9, logLoss: 0.2, support: 10 };
  const evaluation = { positive: 'food', headline, classificationReport: 'report' };
  const pipeline: Pipeline = {
    fetchDataset: () => Promise.resolve({ description: 'nowhere' }),
    restructureDataset: () =>
      Promise.resolve({ version: 'v', images: plan.images, quarantined: 0, written: 0 }),
    planExtraction: () => Promise.resolve(plan),
    writeReceipt: ({ failedBatches }) => Promise.resolve(receipt(failedBatches)),
    trainHead: () =>
      Promise.resolve({
        model: 'm',
        reused: false,
        convergence: { converged: true, iterations: 3, gradientNorm: 0, objective: 1 },
      }),
    evaluateHead: () => Promise.resolve(evaluation),
    publishRun: (request) =>
      Promise.resolve({
        ...request,
        status: 'completed',
        dataset: 'sample',
        backbone: 'b',
        positive: 'food',
        evaluation: headline,
        classificationReport: 'report',
        keys: { metrics: 'm', receipt: 'r', report: 'p' },
      }),
  };
  const extraction: Extraction = {
    async extractBatch(request) {
      await extractBatch(request);
      done.add(request.batchId);
      return {
        features: IMAGES_PER_BATCH,
        refused: 0,
        seconds: { read: 1, decode: 1, inference: 1, write: 1 },
      };
    },
    recordFailedBatch: () => Promise.resolve({ images: IMAGES_PER_BATCH }),
  };
  const run = createRunActivities({
    store,
    resolveBackbone,
    resolveDataset,
    knownSearchAttributes: () => Promise.resolve([]),
  });
  const common = { connection, namespace, interceptors: { activity: [() => ({ inbound: typedFailures })] } };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: PIPELINE_QUEUE,
      workflowBundle: { codePath: 'dist/workflow-bundle.js' },
      activities: { ...run, ...pipeline },
    }),
    Worker.create({ ...common, taskQueue: EXTRACT_QUEUE, activities: extraction }),
  ]);
  const stopped = Promise.all(workers.map((worker) => worker.run()));
  onTestFinished(async () => {
    for (const worker of workers) worker.shutdown();
    await stopped;
  });
  const start = (input: unknown): Promise<WorkflowHandle<typeof transferLearning>> =>
    client.workflow.start<typeof transferLearning>('transferLearning', {
      taskQueue: PIPELINE_QUEUE,
      workflowId: 'run-under-test',
      args: [input as never],
    });
  return { client, store, start };
}

async function failureOf(handle: WorkflowHandle<typeof transferLearning>): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw new Error('expected the workflow to fail', { cause: error });
}

describe('the workflow transferLearning', () => {
  testWith([needs.temporalCli], 'runs every stage and tells its progress', async () => {
    const { start, store } = await startWorker(5, () => Promise.resolve());
    const handle = await start({ dataset: 'sample', timing: TIMING });
    const summary = await handle.result();
    expect(summary).toMatchObject({ status: 'completed', receipt: { missing: 0, features: 50 } });

    const progress = await handle.query<Progress>('progress');
    expect(progress.stage).toBe('completed');
    expect(Object.values(progress.stages).map(({ state }) => state)).toEqual(Array(7).fill('done'));
    expect(progress.extraction).toMatchObject({ done: 50, batchesDone: 5, seconds: { decode: 5 } });
    const input = await store.get(`runs/${summary.runId}/input.json`);
    expect(JSON.parse(Buffer.from(input).toString())).toMatchObject({ input: { dataset: 'sample' } });
  });

  testWith([needs.temporalCli], 'gives batches readable activity ids', async () => {
    const { start, client } = await startWorker(3, () => Promise.resolve());
    const handle = await start({ dataset: 'sample', timing: TIMING });
    const { runId } = await handle.result();
    const child = client.workflow.getHandle(`run-under-test-extract-0000-${runId.slice(0, 8)}`);
    const { events } = await child.fetchHistory();
    const ids = (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityId ?? [],
    );
    expect(ids.sort()).toEqual(['extract-training-0000', 'extract-training-0001', 'extract-training-0002']);
  });

  testWith([needs.temporalCli], 'a batch that fails once is tried again and no other is', async () => {
    const attempts = new Map<string, number>();
    const { start } = await startWorker(4, ({ batchId }) => {
      attempts.set(batchId, (attempts.get(batchId) ?? 0) + 1);
      const isFirstOfOne = batchId === 'training-0002' && attempts.get(batchId) === 1;
      return isFirstOfOne
        ? Promise.reject(new StoreUnavailable('the store does not answer'))
        : Promise.resolve();
    });
    const handle = await start({ dataset: 'sample', timing: TIMING });
    await handle.result();
    expect(Object.fromEntries(attempts)).toEqual({
      'training-0000': 1,
      'training-0001': 1,
      'training-0002': 2,
      'training-0003': 1,
    });
  });

  testWith(
    [needs.temporalCli],
    'a batch that keeps failing lets the others finish and fails the run by name',
    async () => {
      const { start, store } = await startWorker(4, ({ batchId }) =>
        batchId === 'training-0001'
          ? Promise.reject(new StoreUnavailable('the disk is full'))
          : Promise.resolve(),
      );
      const handle = await start({ dataset: 'sample', timing: TIMING });
      const failure = await failureOf(handle);
      expect(failure.type).toBe('BatchesFailed');
      expect(failure.message).toContain('10 of 40 pictures have no features, because 1 of 4 batches failed.');
      expect(failure.message).toContain('Batch training-0001: the disk is full');

      const progress = await handle.query<Progress>('progress');
      expect(progress.stage).toBe('failed');
      expect(progress.extraction).toMatchObject({ batchesDone: 3, batchesFailed: 1, failed: 10 });
      expect(progress.stages.extract.state).toBe('failed');
      const outcome = await store.get(`runs/${progress.runId}/outcome.json`);
      expect(JSON.parse(Buffer.from(outcome).toString())).toMatchObject({ status: 'failed' });
    },
  );

  testWith([needs.temporalCli], 'refuses wrong input before any work, without a retry', async () => {
    const { start, store } = await startWorker(1, () => Promise.resolve());
    const failure = await failureOf(await start({ dataset: 'sample', bachSize: 3 }));
    expect(failure).toMatchObject({ type: 'BadInput', nonRetryable: true });
    expect(failure.message).toContain('Unknown field "bachSize"');
    expect(await store.head('runs/')).toBeUndefined();
  });

  testWith([needs.temporalCli], 'a cancelled run ends as cancelled and records that', async () => {
    const { start, store } = await startWorker(2, () => sleep(1_000).then(() => undefined));
    const handle = await start({ dataset: 'sample', timing: TIMING });
    await waitFor(async () => (await handle.query<Progress>('progress')).stage === 'extract');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    const { runId } = await handle.query<Progress>('progress');
    const outcome = await store.get(`runs/${runId}/outcome.json`);
    expect(JSON.parse(Buffer.from(outcome).toString())).toMatchObject({ status: 'cancelled' });
  });
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await sleep(50);
}
