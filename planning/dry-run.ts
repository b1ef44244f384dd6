import type { BackboneDescription } from '../backbones/backbone.js';
import type { BringProgress } from '../dataset/bring-pictures.js';
import type { DatasetManifest, QuarantinedImage } from '../dataset/dataset.js';
import { type OpenSourceSettings, openSource } from '../dataset/open-source.js';
import { type Restructured, restructure } from '../dataset/restructure.js';
import { indexFeatures } from '../features/feature-index.js';
import { scanFeatures } from '../features/scan-features.js';
import { checkCounts } from '../heads/training/check-counts.js';
import type { RunSettings } from '../runs/run-settings.js';
import { createDryStore } from '../storage/dry-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import { type DrawnPlan, drawPlan } from './draw-plan.js';

export interface DryRunRequest extends OpenSourceSettings {
  readonly store: ObjectStore;
  readonly settings: RunSettings;
  readonly backbone: BackboneDescription;
  /** That the run would compute with. */
  readonly engine: string;
  /** Called after every picture. */
  readonly onPicture?: (progress: BringProgress) => void;
}

/** What a run would find and do. */
export interface DryRun {
  /** Of the version that the pictures make. */
  readonly manifest: DatasetManifest;
  /** Refused before the index. */
  readonly quarantined: readonly QuarantinedImage[];
  /** Pictures that the store does not have yet. */
  readonly written: number;
  readonly plan: DrawnPlan;
}

/**
 * Does what a run does up to its plan, by the same code, over a store that nothing is written to: a source is downloaded if
 * it must be, its pictures are read, hashed and checked. Throws what the run would throw.
 */
export async function rehearse(request: DryRunRequest): Promise<DryRun> {
  const { settings, backbone, engine } = request;
  const store = createDryStore(request.store);
  const { manifest, quarantined, rows, written } = await restructureDry(store, request);
  const { covered, uncovered, gone } = await scanFeatures(store, backbone.fingerprint);
  const { dataset, batchSize } = settings;
  const features = indexFeatures(covered, uncovered);
  const subject = { dataset, batchSize, version: manifest.version, rows, backbone, features, gone, engine };
  return { manifest, quarantined, written, plan: await drawPlan(store, subject) };
}

async function restructureDry(
  store: ObjectStore,
  { settings, onPicture, ...opening }: DryRunRequest,
): Promise<Restructured> {
  const opened = await openSource(settings, opening);
  try {
    return await restructure({
      ...opened,
      store,
      name: settings.dataset,
      layoutOptions: { classMap: opened.classMap, seed: settings.seed },
      maxBadImageRate: settings.maxBadImageRate,
      rehash: settings.rehash,
      check: (counts) => checkCounts(counts, settings.head),
      signal: opening.signal,
      onProgress: onPicture,
    });
  } finally {
    await opened.source.close();
  }
}
