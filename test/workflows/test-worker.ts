import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { onTestFinished } from 'vitest';
import type { createChampionActivities } from '../../activities/champion.js';
import type { createCheckActivities } from '../../activities/checks.js';
import type { createDatasetActivities } from '../../activities/dataset.js';
import type { createEvaluationActivities } from '../../activities/evaluation.js';
import type { BatchRequest, createExtractionActivities } from '../../activities/extraction.js';
import type { ExtractionPlan, createFeatureActivities } from '../../activities/features.js';
import { createNotifyActivities } from '../../activities/notify.js';
import { createRunActivities } from '../../activities/run.js';
import type { createTrainingActivities } from '../../activities/training.js';
import type { createUnchangedActivities } from '../../activities/unchanged.js';
import { typedFailures } from '../../activities/typed-failures.js';
import { resolveBackbone } from '../../backbones/registry.js';
import { resolveDataset } from '../../dataset/known-datasets.js';
import type { Receipt } from '../../features/receipt.js';
import type { Webhook } from '../../notifications/webhook.js';
import { EXTRACT_QUEUE, PIPELINE_QUEUE } from '../../runs/task-queues.js';
import type { transferLearning } from '../../workflows/transfer-learning.js';
import { MemoryStore } from '../support/memory-store.js';
import { openNamespace } from '../support/namespace.js';

export const IMAGES_PER_BATCH = 10;
/** Two attempts, a tenth of a second apart: the policies as they are, only faster. These activities do not heartbeat. */
export const TIMING = { heartbeatSeconds: 600, retrySeconds: 0.1, maxAttempts: 2 };

type Pipeline = ReturnType<typeof createDatasetActivities> &
  ReturnType<typeof createFeatureActivities> &
  ReturnType<typeof createUnchangedActivities> &
  ReturnType<typeof createTrainingActivities> &
  ReturnType<typeof createChampionActivities> &
  ReturnType<typeof createCheckActivities> &
  ReturnType<typeof createEvaluationActivities>;
type Extraction = ReturnType<typeof createExtractionActivities>;

/** A worker over activities that answer at once; `extractBatch` is each test's own, and what else it names. */
export async function startWorker(
  batches: number,
  extractBatch: (request: BatchRequest) => Promise<void>,
  { webhook, ...others }: Partial<Pipeline> & { readonly webhook?: Webhook } = {},
) {
  const { namespace, client, connection } = await openNamespace();
  const store = new MemoryStore();
  const plan: ExtractionPlan = {
    fingerprint: 'f'.repeat(64),
    images: batches * IMAGES_PER_BATCH,
    reused: 0,
    batches,
    reasons: { new: batches * IMAGES_PER_BATCH },
    segments: [{ key: 'runs/r/plan/0000.json', ranges: [{ split: 'training', first: 0, count: batches }] }],
  };
  const done = new Set<string>();
  const quarantined: string[] = [];
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
    endIfUnchanged: () => Promise.resolve(undefined),
    trainHead: () =>
      Promise.resolve({
        model: 'm',
        reused: false,
        convergence: { converged: true, iterations: 3, gradientNorm: 0, objective: 1 },
      }),
    checkData: () => Promise.resolve({ failed: [], warned: [], seconds: 0 }),
    evaluateHead: () => Promise.resolve(evaluation),
    promoteByRule: () => Promise.resolve({ decision: 'kept', reason: 'It is the champion.', margin: 0.01 }),
    offerModel: () => Promise.resolve(),
    approveModel: ({ reason = '' }) =>
      Promise.resolve({ decision: 'promoted', by: 'approve', entry: 2, reason, margin: 0.01 }),
    rejectModel: ({ reason = '' }) => Promise.resolve({ decision: 'rejected', reason, margin: 0.01 }),
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
    ...others,
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
    quarantineCrashed: ({ batchId, part, engine }) => {
      quarantined.push(`${batchId} ${part ?? ''} ${engine}`);
      return Promise.resolve();
    },
  };
  const run = createRunActivities({
    store,
    resolveBackbone,
    resolveDataset,
    notifies: webhook !== undefined,
    knownSearchAttributes: () => Promise.resolve([]),
  });
  const common = { connection, namespace, interceptors: { activity: [() => ({ inbound: typedFailures })] } };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: PIPELINE_QUEUE,
      workflowBundle: { codePath: 'dist/workflow-bundle.js' },
      activities: { ...run, ...pipeline, ...createNotifyActivities({ webhook }) },
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
  return { client, store, start, quarantined };
}

export async function failureOf(
  handle: WorkflowHandle<typeof transferLearning>,
): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw new Error('expected the workflow to fail', { cause: error });
}

/** Asks again and again until it is so. */
export async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await sleep(50);
}
