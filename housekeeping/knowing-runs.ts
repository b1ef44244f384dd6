import type { Sha256 } from '../dataset/dataset.js';
import { listRuns } from '../runs/read-run.js';
import { hasModel } from '../runs/run-summary.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore, StoredObject } from '../storage/object-store.js';
import type { ImageTraces } from './image-traces.js';
import { type PictureUse, knowUses } from './picture-use.js';
import { type StoredRun, listStoredRuns } from './stored-runs.js';

/** A run that worked on a picture, or may have, and what of it shows the picture. */
export interface KnowingRun {
  readonly runId: string;
  readonly dataset: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Name of its model, where it ended with one. */
  readonly model: string | undefined;
  /** What the picture was to it; `unknown` of a run without a model, too. */
  readonly use: PictureUse;
  /** Nobody can tell what a report shows: it goes whole. */
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
 * Finds the runs that knew a picture: those of versions that hold it, those whose plan, failed batches or data checks name
 * it, and, for nobody can tell, those of its data sets that did not complete or whose version is gone.
 */
export async function findKnowingRuns(
  store: ObjectStore,
  { sha256, pictures, versions, listings }: ImageTraces,
): Promise<RunsOfImage> {
  const objects = new Map((await listStoredRuns(store)).map((run) => [run.runId, run]));
  const findUse = await knowUses(store, versions);
  const datasets = new Set([
    ...[...versions, ...listings].map(({ dataset }) => dataset),
    ...pictures.map(datasetOfPicture),
  ]);
  const runs = await listRuns(store);
  const knowing: KnowingRun[] = [];
  for (const { runId, startedAt, settings, outcome } of runs) {
    const stored = objects.get(runId);
    if (stored === undefined) continue;
    const named = await findNaming(store, stored, sha256);
    const ended = outcome !== undefined && hasModel(outcome) ? outcome : undefined;
    const use = ended === undefined ? 'unknown' : await findUse(ended);
    const mayKnow = use === 'unknown' ? datasets.has(settings.dataset) : use !== 'absent';
    if (!mayKnow && !isNamed(named)) continue;
    const hasReport = stored.objects.some(({ key }) => key === keys.runReport(runId));
    const model = ended?.model;
    knowing.push({ runId, dataset: settings.dataset, startedAt, model, use, hasReport, ...named });
  }
  return { knowing, open: runs.filter(({ outcome }) => outcome === undefined).map(({ runId }) => runId) };
}

/** Keys of pictures are `datasets/<dataset>/images/…`. */
const datasetOfPicture = (key: string): string | undefined => key.split('/')[1];

/** What of a run names a picture. */
type Naming = Pick<KnowingRun, 'planSegments' | 'batches' | 'findings'>;

/** Whether anything of a run names the picture, so that the run knew it for certain. */
export const isNamed = ({ planSegments, batches, findings }: Naming): boolean =>
  planSegments.length + batches.length + findings.length > 0;

async function findNaming(
  store: ObjectStore,
  { runId, planSegments, batches, objects }: StoredRun,
  sha256: Sha256,
): Promise<Naming> {
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
