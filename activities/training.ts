import { totalmem } from 'node:os';
import type { Sha256 } from '../dataset/dataset.js';
import type { FitPool } from '../heads/fit-pool.js';
import type { Convergence } from '../heads/head.js';
import type { TrainingData } from '../heads/training/training-data.js';
import type { TrainingSettings } from '../heads/training/training-settings.js';
import { type TrainedModel, trainModel } from '../heads/training/train-model.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { readLastRun } from '../runs/last-run.js';
import { type LineageSubject, lineageOf } from '../runs/lineage.js';
import { isWholeModel } from '../runs/whole-model.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { withHeartbeats } from './heartbeats.js';
import { type DatasetFeatures, openDatasetFeatures } from './labelled-features.js';
import { readHead } from '../runs/read-head.js';
import { splitRows } from './split-rows.js';
import { storeModel } from './store-model.js';

export interface TrainingDeps {
  readonly store: ObjectStore;
  readonly fitPool: FitPool;
}

export interface TrainingRequest extends LineageSubject {
  readonly runId: string;
}

export interface TrainedHead {
  /** Name of the model: `models/<model>/`. */
  readonly model: Sha256;
  readonly convergence: Convergence;
  /** Nothing that the head depends on has changed since the last run, so its head was kept. */
  readonly reused: boolean;
}

export type TrainingActivities = ReturnType<typeof createTrainingActivities>;

export function createTrainingActivities({ store, fitPool }: TrainingDeps) {
  return {
    /**
     * Fits the head on the training split, off the event loop, calibrates it on validation, and stores the model under its
     * content's hash. Where it was asked for, validation chooses head and C.
     */
    trainHead(request: TrainingRequest): Promise<TrainedHead> {
      return withHeartbeats(async (signal) => {
        const lineage = lineageOf(request);
        const last = await readLastRun(store, request.settings.dataset);
        if (last !== undefined && canonicalJson(last.lineage) === canonicalJson(lineage)) {
          const kept = await store.head(keys.head(last.model));
          if (kept !== undefined) {
            const { convergence } = await readHead(store, last.model);
            if (await isWholeModel(store, last.model))
              return { model: last.model, convergence, reused: true };
          }
        }
        const trained = await train(request, signal);
        const model = await storeModel(store, trained, lineage);
        return { model, convergence: trained.head.convergence, reused: false };
      });
    },
  };

  async function train(
    { settings, version, fingerprint }: TrainingRequest,
    signal: AbortSignal,
  ): Promise<TrainedModel> {
    const subject = { dataset: settings.dataset, version, fingerprint };
    const data = await openTrainingData(await openDatasetFeatures(store, subject));
    const memoryBytes = memoryOf(settings.head);
    return trainModel(data, settings.head, { fitPool, memoryBytes, signal });
  }
}

const MEGABYTE = 2 ** 20;

const memoryOf = ({ memory }: TrainingSettings): number =>
  memory === undefined ? totalmem() / 2 : memory * MEGABYTE;

/** The two splits that a model may learn from. Reads one shard, for the length of a feature. */
async function openTrainingData(dataset: DatasetFeatures): Promise<TrainingData> {
  const { classes } = dataset.manifest;
  const [training, validation] = [splitRows(dataset, 'training'), splitRows(dataset, 'validation')];
  for await (const { columns } of dataset.stream('training'))
    return { classes, columns, training, validation };
  return { classes, columns: 0, training, validation };
}
