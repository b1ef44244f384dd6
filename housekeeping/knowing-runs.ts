import type { Sha256 } from '../dataset/dataset.js';
import { listRuns } from '../runs/read-run.js';
import { hasModel } from '../runs/run-summary.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore, StoredObject } from '../storage/object-store.js';
import type { ImageTraces } from './image-traces.js';
import { type StoredRun, listStoredRuns } from './stored-runs.js';

/** A run that worked on a picture, and what of it shows the picture. */
export interface KnowingRun {
  readonly runId: string;
  readonly dataset: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Name of the model that was trained with the picture. */
  readonly model: string | undefined;
  readonly hasReport: boolean;
  /** Its plan names the picture: all segments go. */
  readonly planSegments: readonly string[];
  /** Records of failed batches that name the picture. */
  readonly batches: readonly string[];
  /** What its data checks found names the picture: all of it goes. */
  readonly findings: readonly string[];
}

/** The runs of a store with respect to one picture. */
export interface RunsOfImage {
  readonly knowing: readonly KnowingRun[];
  /** Ids of runs that have not ended, whatever they are about. */
  readonly open: readonly string[];
}

/**
 * Finds the runs that knew a picture: those of versions that hold it, those whose plan or failed batches name it, and, for
 * nobody can tell, those of its data sets that did not complete.
 */
export async function findKnowingRuns(
  store: ObjectStore,
  { sha256, versions, listings }: Pick<ImageTraces, 'sha256' | 'versions' | 'listings'>,
): Promise<RunsOfImage> {
  const objects = new Map((await listStoredRuns(store)).map((run) => [run.runId, run]));
  const held = new Set(versions.map(({ dataset, version }) => `${dataset}/${version}`));
  const datasets = new Set([...versions, ...listings].map(({ dataset }) => dataset));
  const runs = await listRuns(store);
  const knowing: KnowingRun[] = [];
  for (const { runId, startedAt, settings, outcome } of runs) {
    const stored = objects.get(runId);
    if (stored === undefined) continue;
    const named = await findNaming(store, stored, sha256);
    const ended = outcome !== undefined && hasModel(outcome) ? outcome : undefined;
    const knew =
      ended !== undefined ? held.has(`${ended.dataset}/${ended.version}`) : datasets.has(settings.dataset);
    if (!knew && named.planSegments.length + named.batches.length === 0) continue;
    const hasReport = stored.objects.some(({ key }) => key === keys.runReport(runId));
    const model = ended?.model;
    knowing.push({ runId, dataset: settings.dataset, startedAt, model, hasReport, ...named });
  }
  return { knowing, open: runs.filter(({ outcome }) => outcome === undefined).map(({ runId }) => runId) };
}

async function findNaming(
  store: ObjectStore,
  { runId, planSegments, batches, objects }: StoredRun,
  sha256: Sha256,
): Promise<Pick<KnowingRun, 'planSegments' | 'batches' | 'findings'>> {
  const naming = async (some: readonly StoredObject[]): Promise<readonly string[]> => {
    const found: string[] = [];
    // Object names hold the beginning of the hash, and so do texts that hold the whole.
    const name = sha256.slice(0, 12);
    for (const { key } of some) if (Buffer.from(await store.get(key)).includes(name)) found.push(key);
    return found;
  };
  const checks = checkFiles(runId);
  const findings = objects.filter(({ key }) => checks.includes(key));
  const segments = await naming(planSegments);
  // One plan names them all, and is emptied.
  const all = planSegments.map(({ key }) => key);
  return {
    planSegments: segments.length === 0 ? [] : all,
    batches: await naming(batches),
    findings: (await naming(findings)).length === 0 ? [] : findings.map(({ key }) => key),
  };
}

const checkFiles = (runId: string): readonly string[] => [
  keys.runChecks(runId),
  keys.runSuspects(runId),
  keys.runDuplicates(runId),
  keys.runNearDuplicates(runId),
];
