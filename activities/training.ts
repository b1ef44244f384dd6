import type { Sha256 } from '../dataset/dataset.js';
import type { FitPool } from '../heads/fit-pool.js';
import type { Convergence } from '../heads/head.js';
import { encodeHead } from '../heads/head-file.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { readLastRun } from '../runs/last-run.js';
import { type Lineage, type LineageSubject, lineageOf } from '../runs/lineage.js';
import { nameModel } from '../runs/model-name.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { withHeartbeats } from './heartbeats.js';
import { openDatasetFeatures } from './labelled-features.js';
import { readHead } from './read-head.js';

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
    /** Fits the head on the training split, off the event loop, and stores it under its content's hash. */
    trainHead(request: TrainingRequest): Promise<TrainedHead> {
      return withHeartbeats(async (signal) => {
        const lineage = lineageOf(request);
        const last = await readLastRun(store, request.settings.dataset);
        if (last !== undefined && canonicalJson(last.lineage) === canonicalJson(lineage)) {
          const kept = await store.head(keys.head(last.model));
          if (kept !== undefined) {
            const { convergence } = await readHead(store, last.model);
            return { model: last.model, convergence, reused: true };
          }
        }
        const head = await fitHead(request, signal);
        const model = await storeModel(encodeHead(head), head.classes, lineage);
        return { model, convergence: head.convergence, reused: false };
      });
    },
  };

  async function fitHead({ settings, version, fingerprint }: TrainingRequest, signal: AbortSignal) {
    const subject = { dataset: settings.dataset, version, fingerprint };
    const dataset = await openDatasetFeatures(store, subject);
    const { labels, features } = await dataset.load('training');
    return fitPool.fit(features, labels, dataset.manifest.classes, settings.head, { signal });
  }

  /** The head last: a model that has one is whole. */
  async function storeModel(head: Uint8Array, classes: readonly string[], lineage: Lineage): Promise<Sha256> {
    const labelEncoder = Buffer.from(canonicalJson({ classes }));
    const lineageFile = Buffer.from(canonicalJson(lineage));
    const model = nameModel({ head, labelEncoder, lineage: lineageFile });
    await store.putIfAbsent(keys.labelEncoder(model), labelEncoder);
    await store.putIfAbsent(keys.lineage(model), lineageFile);
    await store.putIfAbsent(keys.head(model), head);
    return model;
  }
}
