import type { BackboneDescription } from '../backbones/backbone.js';
import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import type { Batch } from '../features/batch.js';
import type { FeatureIndex } from '../features/feature-index.js';
import { planBatches } from '../features/plan-batches.js';
import { type PlanAccount, explainPlan } from '../features/plan-reasons.js';
import { loadCrashes, loadRefusals } from '../features/refusals.js';
import type { ObjectStore } from '../storage/object-store.js';
import {
  type Difference,
  type PreviousRun,
  compareFeatures,
  readPreviousRun,
  recallImages,
} from './previous-run.js';

/** What is to be planned. */
export interface PlanSubject {
  readonly dataset: string;
  readonly version: Sha256;
  readonly rows: readonly IndexRow[];
  readonly backbone: Pick<BackboneDescription, 'fingerprint' | 'sha256' | 'recipe'>;
  readonly batchSize: number;
  /** Of the backbone's fingerprint. */
  readonly features: FeatureIndex;
  /** Images whose shards are gone. */
  readonly gone: ReadonlySet<Sha256>;
  /** Count as crashed what crashed this engine alone. Default: any. */
  readonly engine?: string;
}

/** What a run has to compute, and why. */
export interface DrawnPlan extends PlanAccount {
  readonly batches: readonly Batch[];
  /** Distinct images in them. */
  readonly images: number;
  /** The last completed run of the data set. */
  readonly previous?: PreviousRun;
  /** What its features differ in. */
  readonly difference?: Difference;
}

/** Cuts the images without a feature into batches, and explains each; computes and writes nothing. */
export async function drawPlan(store: ObjectStore, subject: PlanSubject): Promise<DrawnPlan> {
  const { rows, backbone, features, gone } = subject;
  const refused = await loadRefusals(store, backbone.fingerprint);
  const crashed = await loadCrashes(store, backbone.fingerprint, subject.engine);
  const batches = planBatches(rows, features, refused, subject.batchSize);
  const images = batches.reduce((sum, batch) => sum + batch.images.length, 0);
  const previous = await readPreviousRun(store, subject.dataset);
  const difference = previous === undefined ? undefined : await compareFeatures(store, previous, backbone);
  // Where nothing is computed, nothing has to be explained.
  const former =
    previous === undefined || images === 0
      ? undefined
      : await recallImages(store, previous, difference, subject);
  const known = { features, refused, crashed, gone, ...(former !== undefined && { previous: former }) };
  return {
    ...explainPlan(rows, known),
    ...{ batches, images },
    ...(previous !== undefined && { previous }),
    ...(difference !== undefined && { difference }),
  };
}
