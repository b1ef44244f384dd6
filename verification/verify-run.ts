import { checkBackbone } from './check-backbone.js';
import { checkDataset } from './check-dataset.js';
import { checkFeatures } from './check-features.js';
import { checkModel } from './check-model.js';
import { checkPictures } from './check-pictures.js';
import { checkReceipt } from './check-receipt.js';
import { checkRun } from './check-run.js';
import { type SampleDeps, checkSample } from './check-sample.js';
import type { CheckName, CheckResult, Examined, Findings } from './finding.js';
import { createFindings } from './findings.js';
import type { Subject } from './open-run.js';

export interface VerifyOptions {
  /** Pictures by existence and size only. */
  readonly quick: boolean;
  /** How many features are computed again. */
  readonly sample: number;
  /** Another seed chooses others. */
  readonly seed: number;
}

export interface VerifyDeps extends SampleDeps {
  /** Told of each check when it is done. */
  readonly onCheck?: (result: CheckResult) => void;
  /** Told how many pictures are hashed. */
  readonly onPictures?: (done: number, all: number) => void;
}

/**
 * Proves that nothing of a completed run is lost or altered: looks at every object that the run names, rebuilds its
 * receipt from the store, and computes a random sample of its features again. Writes nothing.
 *
 * Whatever is damaged is a finding; what throws is trouble of the store or the machine as a whole.
 */
export async function verifyRun(
  subject: Subject,
  { quick, sample, seed }: VerifyOptions,
  deps: VerifyDeps,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const examine = async <Result extends Examined>(
    check: CheckName,
    work: (findings: Findings) => Promise<Result>,
  ): Promise<Result> => {
    const started = performance.now();
    const findings = createFindings();
    const examined = await work(findings);
    const { counts, note } = examined;
    const seconds = (performance.now() - started) / 1_000;
    const result = { check, counts, ...(note !== undefined && { note }), findings: findings.list, seconds };
    results.push(result);
    deps.onCheck?.(result);
    return examined;
  };

  await examine('run', (findings) => checkRun(subject, findings));
  const { rows, quarantined, manifest } = await examine('dataset', (findings) =>
    checkDataset(subject, findings),
  );
  const known = rows ?? [];
  const onProgress = (done: number): void => deps.onPictures?.(done, known.length);
  await examine('pictures', (findings) => checkPictures(subject, known, { quick, onProgress }, findings));
  await examine('backbone', (findings) => checkBackbone(subject, findings));
  const features = await examine('features', (findings) =>
    checkFeatures(subject, known, { sample, seed }, findings),
  );
  await examine('model', (findings) => checkModel(subject, manifest?.classes, findings));
  const parts = { rows, quarantined, features: features.features, refused: features.refused };
  await examine('receipt', (findings) => checkReceipt(subject, parts, findings));
  const damaged = new Set(results.flatMap((result) => result.findings.map(({ object }) => object)));
  const usable = known.filter(({ key }) => !damaged.has(key));
  await examine('sample', (findings) => checkSample(subject, usable, features.sample, deps, findings));
  return results;
}
