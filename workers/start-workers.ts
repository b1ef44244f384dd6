import { join } from 'node:path';
import type { WorkerDeploymentVersion } from '@temporalio/common';
import {
  NativeConnection,
  type NativeConnectionOptions,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { createChampionActivities } from '../activities/champion.js';
import { createCheckActivities } from '../activities/checks.js';
import { createDatasetActivities } from '../activities/dataset.js';
import { createEvaluationActivities } from '../activities/evaluation.js';
import { createExtractionActivities } from '../activities/extraction.js';
import { createFeatureActivities } from '../activities/features.js';
import { createNotifyActivities } from '../activities/notify.js';
import { createRunActivities } from '../activities/run.js';
import { createTrainingActivities } from '../activities/training.js';
import { createUnchangedActivities } from '../activities/unchanged.js';
import { typedFailures } from '../activities/typed-failures.js';
import type { Backbone } from '../backbones/backbone.js';
import { createBackboneLookup, createBackboneResolver } from '../backbones/registry.js';
import type { Sha256 } from '../dataset/dataset.js';
import { resolveDataset } from '../dataset/known-datasets.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { createSupervisedExtractor } from '../engines/extractor/supervised-extractor.js';
import type { FeatureExtractor } from '../engines/feature-extractor.js';
import { createFitPool } from '../heads/fit-pool.js';
import type { Announce } from '../infra/announcement.js';
import type { WebhookSettings } from '../notifications/webhook-settings.js';
import { createWebhook } from '../notifications/webhook.js';
import { readTunedSpeed } from '../planning/tuned-speed.js';
import { EXTRACT_QUEUE, PIPELINE_QUEUE } from '../runs/task-queues.js';
import type { ObjectStore } from '../storage/object-store.js';
import { createExtractorPool } from './extractor-pool.js';
import { tuneOnce } from './tune-once.js';
import { packageRoot } from '../runs/package-root.js';
import { createTogether, runTogether, stopAll } from './run-together.js';
import { listSearchAttributes } from './search-attributes.js';

/** Which task queues a worker serves. */
export type WorkerRole = 'pipeline' | 'extract' | 'all';

export interface WorkerSettings {
  readonly connection: NativeConnectionOptions;
  readonly namespace: string;
  readonly store: ObjectStore;
  readonly role: WorkerRole;
  /** What runs networks. */
  readonly engine: EngineKind;
  /** Local sources must lie under one of these folders; asked for each source anew. */
  readonly allowedRoots: () => Promise<readonly string[]>;
  /** Downloads, and networks that users registered, are kept here. */
  readonly cacheFolder: string;
  /** Networks that nothing was tuned for are tuned before their first batch, and this is told about it. Default: not. */
  readonly tune?: Announce;
  /** The deployment version that these workers are of. Default: none, and runs go on with whatever worker there is. */
  readonly deployment?: WorkerDeploymentVersion;
  /** Who is told of runs that end or wait. Default: nobody. */
  readonly webhook?: WebhookSettings | undefined;
  /** Seconds without a batch after which an extractor process leaves, with its memory. Default {@link IDLE_SECONDS}. */
  readonly idleSeconds?: number | undefined;
  /** Seconds that a shutdown waits for running activities. Default 10. */
  readonly drainSeconds?: number;
  /** What does the work of the real ones in a bench. Default: nothing. */
  readonly standIns?: StandIns;
}

/** Work that a bench leaves out, so that it measures the rest. */
export interface StandIns {
  readonly createExtractor: (backbone: Backbone) => FeatureExtractor;
  /** Take the places of the pipeline's activities of the same names. */
  readonly activities: Readonly<Record<string, (request: never) => Promise<unknown>>>;
}

export interface RunningWorkers {
  /** Resolves after a shutdown, rejects when a worker fails. */
  readonly stopped: Promise<void>;
  /** Takes no more tasks, waits for the running ones, frees everything. May be called twice. */
  shutdown(): Promise<void>;
}

/**
 * Two batches in flight keep the extractor busy: one is read, hashed or written while the other is inferred. The third
 * covers a slow store.
 */
const CONCURRENT_BATCHES = 3;

/**
 * Training comes right after extraction and needs the memory; while a run extracts, the next batch is there at once. What
 * it costs is a start, 1 to 4 s, after a pause and at the next run that has pictures to compute.
 */
export const IDLE_SECONDS = 3;

/** Connects to Temporal, builds the activities over their dependencies and starts polling. */
export async function startWorkers(settings: WorkerSettings): Promise<RunningWorkers> {
  const { engine, cacheFolder } = settings;
  const connection = await NativeConnection.connect(settings.connection);
  const extractors = createExtractorPool(createBackboneResolver(settings), async (backbone, signal) => {
    if (settings.standIns !== undefined) return settings.standIns.createExtractor(backbone);
    if (settings.tune !== undefined)
      await tuneOnce(backbone, { engine, cacheFolder, announce: settings.tune, signal });
    const idleMs = (settings.idleSeconds ?? IDLE_SECONDS) * 1_000;
    return createSupervisedExtractor(backbone, { engine, cacheFolder }, { idleMs });
  });
  const fitPool = createFitPool();
  const common: Partial<WorkerOptions> & Pick<WorkerOptions, 'connection' | 'namespace'> = {
    connection,
    namespace: settings.namespace,
    shutdownGraceTime: (settings.drainSeconds ?? 10) * 1_000,
    maxHeartbeatThrottleInterval: '5 seconds',
    interceptors: { activity: [() => ({ inbound: typedFailures })] },
    ...(settings.deployment !== undefined && {
      workerDeploymentOptions: {
        version: settings.deployment,
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED', // a run ends with the code that it began with
      },
    }),
  };
  const closeAll = async (): Promise<void> => {
    await Promise.all([extractors.close(), fitPool.close()]);
    await connection.close();
  };

  try {
    const workers = await createTogether([
      ...(settings.role === 'extract' ? [] : [createPipelineWorker(settings, common, connection, fitPool)]),
      ...(settings.role === 'pipeline' ? [] : [createExtractWorker(settings, common, extractors)]),
    ]);
    const stopped = closeAfter(runTogether(workers), closeAll);
    return {
      stopped,
      async shutdown() {
        stopAll(workers);
        await stopped;
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function closeAfter(running: Promise<void>, close: () => Promise<void>): Promise<void> {
  try {
    await running;
  } finally {
    await close();
  }
}

function createPipelineWorker(
  { store, allowedRoots, cacheFolder, webhook, standIns, role, engine }: WorkerSettings,
  common: Pick<WorkerOptions, 'connection' | 'namespace'>,
  connection: NativeConnection,
  fitPool: ReturnType<typeof createFitPool>,
): Promise<Worker> {
  // Planning and reports need no network: only extraction fetches it.
  const resolveBackbone = createBackboneLookup(store);
  return Worker.create({
    ...common,
    taskQueue: PIPELINE_QUEUE,
    workflowBundle: { codePath: join(packageRoot, 'dist/workflow-bundle.js') },
    maxCachedWorkflows: 100,
    workflowThreadPoolSize: 1,
    maxConcurrentActivityTaskExecutions: 8,
    activities: {
      ...createRunActivities({
        store,
        resolveBackbone,
        resolveDataset,
        notifies: webhook !== undefined,
        knownSearchAttributes: () => listSearchAttributes(connection, common.namespace ?? 'default'),
      }),
      ...createDatasetActivities({ store, allowedRoots, cacheFolder }),
      ...createFeatureActivities({
        ...{ store, resolveBackbone },
        // Workers of another role extract elsewhere, on machines that nothing is known of here.
        ...(role === 'all' && {
          tunedSpeed: (fingerprint: Sha256) => readTunedSpeed(cacheFolder, engine, fingerprint),
        }),
      }),
      ...createUnchangedActivities({ store }),
      ...createNotifyActivities({ webhook: webhook && createWebhook(webhook) }),
      ...createCheckActivities({ store }),
      ...createTrainingActivities({ store, fitPool }),
      ...createEvaluationActivities({ store, resolveBackbone }),
      ...createChampionActivities({ store }),
      ...standIns?.activities,
    },
  });
}

function createExtractWorker(
  { store }: WorkerSettings,
  common: Pick<WorkerOptions, 'connection' | 'namespace'>,
  extractors: ReturnType<typeof createExtractorPool>,
): Promise<Worker> {
  return Worker.create({
    ...common,
    taskQueue: EXTRACT_QUEUE,
    maxConcurrentActivityTaskExecutions: CONCURRENT_BATCHES,
    activities: createExtractionActivities({ store, extractors }),
  });
}
