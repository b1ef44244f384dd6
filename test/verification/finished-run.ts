import { createHash } from 'node:crypto';
import { createChampionActivities } from '../../activities/champion.js';
import { createEvaluationActivities } from '../../activities/evaluation.js';
import { createExtractionActivities } from '../../activities/extraction.js';
import { createFeatureActivities } from '../../activities/features.js';
import { createRunActivities } from '../../activities/run.js';
import { createTrainingActivities } from '../../activities/training.js';
import { createUnchangedActivities } from '../../activities/unchanged.js';
import type { Backbone } from '../../backbones/backbone.js';
import { computeFingerprint } from '../../backbones/fingerprint.js';
import { readIndex, readManifest, readQuarantine, writeVersion } from '../../dataset/dataset-store.js';
import { sortRows, versionOf } from '../../dataset/dataset-version.js';
import { countClasses } from '../../dataset/trainable.js';
import type { ExtractedImage } from '../../engines/feature-extractor.js';
import { batchIdsOf } from '../../features/batch.js';
import { fitLogisticRegression } from '../../heads/logistic-regression.js';
import type { RunInput } from '../../runs/run-input.js';
import type { CompletedRun, RunSummary } from '../../runs/run-summary.js';
import { keys } from '../../storage/keys.js';
import { BACKBONE, createFakeExtractor, mealFeature } from '../activities/fake-extractor.js';
import { MEALS, type Meal, meal, rowOf, storeMeals } from '../activities/meals.js';
import { runActivity } from '../support/activity-context.js';
import { imageHash } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';

export const RUN_ID = '01a20000-0000-7000-8000-000000000001';

const NETWORK = Buffer.from('a network');
const network = createHash('sha256').update(NETWORK).digest('hex');

/** A registered network, so that its bytes lie in the store too. */
export const NETWORK_BACKBONE: Backbone = {
  ...BACKBONE,
  sha256: network,
  fingerprint: computeFingerprint({ backbone: network, recipe: BACKBONE.recipe }),
};

/** What the extractor of these tests makes of a picture: one it refuses. */
export const seeMeal = (name: string): ExtractedImage =>
  name === 'plate 9' ? { kind: 'refused', reason: 'cannot be decoded' } : mealFeature(name);

export const PICTURES: readonly Meal[] = [...MEALS, meal('plate 9', 'training')];

/** A data set of 12 pictures, of which the extractor refuses one, beside one that was refused before the index. */
export async function storeDataset(store: MemoryStore, pictures = PICTURES): Promise<string> {
  const unread = { path: 'notes.gif', split: 'training', class: 'food', sha256: imageHash('notes') } as const;
  const version = await storeMeals(store, pictures, [
    { ...unread, bytes: 3, reason: 'is a GIF, expected JPEG, PNG or WebP' },
  ]);
  const rows = await readIndex(store, 'meals', version);
  const quarantined = await readQuarantine(store, 'meals', version);
  const manifest = await readManifest(store, 'meals', version);
  await writeVersion(store, { manifest: { ...manifest, counts: countClasses(rows) }, rows, quarantined });
  return version;
}

/** A store with one completed run, made by the activities that make every run. */
export async function finishRun(): Promise<{
  readonly store: MemoryStore;
  readonly summary: CompletedRun;
}> {
  const store = new MemoryStore();
  await store.putIfAbsent(keys.backboneNetwork(network), NETWORK);
  await storeDataset(store);
  const summary = await runAgain(store, RUN_ID);
  if (summary.status !== 'completed') throw new Error('the first run has nothing to be the same as');
  return { store, summary };
}

/** Runs the data set of {@link finishRun}, or another version of it, as the workflow does. `more` goes into the input. */
export async function runAgain(
  store: MemoryStore,
  runId: string,
  more: Partial<RunInput> = {},
  version = versionOf(sortRows(PICTURES.map(rowOf))),
): Promise<RunSummary> {
  const { runs, features, extraction, unchanged, training, evaluation, champion } = createActivities(store);
  const subject = { runId, workflowId: 'graft-meals-1', version };
  return runActivity(async () => {
    const input: RunInput = { ...INPUT, ...more };
    // Runs are listed by their start: a later run has the greater id.
    const startedAt = `2026-01-02T03:04:05.${runId.slice(-3)}Z`;
    const { settings } = await runs.openRun({ ...subject, startedAt, input });
    const plan = await features.planExtraction({ ...subject, settings });
    for (const { key, ranges } of plan.segments)
      for (const batchId of ranges.flatMap(batchIdsOf))
        await extraction.extractBatch({ runId, planKey: key, batchId, backbone: 'fake' });
    const receipt = await features.writeReceipt({ ...subject, settings, plan, failedBatches: 0 });
    const { fingerprint } = plan;
    const same = await unchanged.endIfUnchanged({ ...subject, settings, fingerprint, receipt });
    if (same !== undefined) return same;
    const { contentHash } = receipt;
    const { model } = await training.trainHead({ ...subject, settings, fingerprint, contentHash });
    const request = { ...subject, settings, fingerprint, model };
    const evaluated = await evaluation.evaluateHead({ ...request, seconds: {} });
    const ruling = await champion.promoteByRule(request);
    const decision = ruling.decision === 'undecided' ? ('left' as const) : ruling.decision;
    const promotion = { ...ruling, decision };
    return evaluation.publishRun({ ...request, evaluation: evaluated, receipt, promotion });
  });
}

const INPUT = { dataset: 'meals', source: '/meals', batchSize: 4, maxBadImageRate: 0.5, backbone: 'fake' };

function createActivities(store: MemoryStore) {
  const resolveBackbone = () => Promise.resolve(NETWORK_BACKBONE);
  const extractor = createFakeExtractor(seeMeal);
  const fit = (...[matrix, labels, classes, head]: Parameters<typeof fitLogisticRegression>) =>
    Promise.resolve(fitLogisticRegression(matrix, labels, classes, head));
  return {
    runs: createRunActivities({
      store,
      resolveBackbone,
      resolveDataset: () => ({ classWeight: 'none' }),
      knownSearchAttributes: () => Promise.resolve([]),
    }),
    features: createFeatureActivities({ store, resolveBackbone }),
    extraction: createExtractionActivities({
      store,
      extractors: { get: () => Promise.resolve({ backbone: NETWORK_BACKBONE, extractor }) },
    }),
    unchanged: createUnchangedActivities({ store }),
    training: createTrainingActivities({ store, fitPool: { fit, close: () => Promise.resolve() } }),
    evaluation: createEvaluationActivities({ store, resolveBackbone }),
    champion: createChampionActivities({ store }),
  };
}

/** Another store with the same objects; a Buffer's own slice would share its bytes. */
export function copyStore({ objects }: MemoryStore): MemoryStore {
  const copy = new MemoryStore();
  for (const [key, body] of objects) copy.objects.set(key, Uint8Array.from(body));
  return copy;
}
