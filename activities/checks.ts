import { CHECKS, type CheckName, resolveCheckSettings } from '../checks/check-settings.js';
import type { CheckLevel } from '../checks/judge-findings.js';
import { type LookedData, lookAtData } from '../checks/look-at-data.js';
import { writeChecks } from '../checks/stored-checks.js';
import type { Sha256 } from '../dataset/dataset.js';
import { readIndex, readManifest } from '../dataset/dataset-store.js';
import { type FeatureIndex, loadFeatureIndex } from '../features/feature-index.js';
import { loadFeatures } from '../features/load-features.js';
import { openMatrixProduct } from '../heads/gram/matrix-product.js';
import type { RunSettings } from '../runs/run-settings.js';
import type { ObjectStore } from '../storage/object-store.js';
import { withHeartbeats } from './heartbeats.js';

export interface CheckDeps {
  readonly store: ObjectStore;
}

export interface CheckRequest {
  readonly runId: string;
  readonly settings: RunSettings;
  /** Of the data set. */
  readonly version: Sha256;
  readonly fingerprint: Sha256;
}

/** What a workflow needs to know of data checks; what was found stays in the store. */
export interface CheckedData {
  /** Names of the checks that failed, and of those that warn. */
  readonly failed: readonly CheckName[];
  readonly warned: readonly CheckName[];
  readonly seconds: number;
}

export type CheckActivities = ReturnType<typeof createCheckActivities>;

export function createCheckActivities({ store }: CheckDeps) {
  return {
    /** Looks at the data of a run through its features: writes `suspects.csv`, `duplicates.csv`, `near-duplicates.json` and, last, `checks.json`. */
    checkData(request: CheckRequest): Promise<CheckedData> {
      return withHeartbeats(async (signal) => {
        const started = performance.now();
        const { runId, fingerprint } = request;
        const index = await loadFeatureIndex(store, fingerprint);
        const data = await openData(request, index);
        const product = await openMatrixProduct();
        const findings = await lookAtData(data, {
          loadFeatures: (files) => loadFeatures(store, fingerprint, index, files),
          readPicture: (key) => store.get(key),
          multiply: (a, b) => product.multiplySingleRows(a, b),
          signal,
        });
        const checks = await writeChecks(store, runId, findings, { ...request, settings: data.settings });
        const namesOf = (level: CheckLevel) => CHECKS.filter((name) => checks.verdicts[name].level === level);
        return {
          ...{ failed: namesOf('failed'), warned: namesOf('warned') },
          seconds: (performance.now() - started) / 1_000,
        };
      });
    },
  };

  /** Pictures without a feature were refused: the receipt has made sure of it. */
  async function openData(
    { settings, version, fingerprint }: CheckRequest,
    index: FeatureIndex,
  ): Promise<LookedData> {
    const [{ classes }, rows] = await Promise.all([
      readManifest(store, settings.dataset, version),
      readIndex(store, settings.dataset, version),
    ]);
    const featured = rows.filter(({ sha256 }) => index.has(sha256));
    const first = await loadFeatures(
      store,
      fingerprint,
      index,
      featured.slice(0, 1).map(({ sha256 }) => sha256),
    );
    return {
      ...{ classes, rows: featured, dimensions: first.columns },
      settings: settings.checks ?? resolveCheckSettings(),
    };
  }
}
