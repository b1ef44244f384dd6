import { describe, expect, test } from 'vitest';
import { createEvaluationActivities } from '../../activities/evaluation.js';
import { explainRefusedPromotion } from '../../activities/promotion.js';
import { createTrainingActivities } from '../../activities/training.js';
import { registerBackbone } from '../../backbones/registry.js';
import { resolveCheckSettings } from '../../checks/check-settings.js';
import { writeChecks } from '../../checks/stored-checks.js';
import type { QuarantinedImage } from '../../dataset/dataset.js';
import { BadInput } from '../../errors/graft-error.js';
import { FeatureMissing } from '../../features/load-features.js';
import type { Receipt } from '../../features/receipt.js';
import { writeRefusal } from '../../features/refusals.js';
import { fitHead } from '../../heads/fit-head.js';
import type { FitPool } from '../../heads/fit-pool.js';
import { canonicalJson } from '../../runs/canonical-json.js';
import { readLastRun } from '../../runs/last-run.js';
import type { RunSettings } from '../../runs/run-settings.js';
import { keys } from '../../storage/keys.js';
import { draftOf } from '../backbones/drafts.js';
import { findingsOf } from '../report/found-data.js';
import { runActivity } from '../support/activity-context.js';
import { FINGERPRINT, imageHash } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';
import { BACKBONE } from './fake-extractor.js';
import { storeMealFeatures } from './meal-features.js';
import { MEALS, type Meal, meal, mealSettings, storeMeals } from './meals.js';

const RECEIPT: Receipt = {
  images: 11,
  unique: 11,
  features: 11,
  quarantined: 0,
  missing: 0,
  computed: 11,
  reused: 0,
  batches: 4,
  failedBatches: 0,
  contentHash: 'c'.repeat(64),
};

/** A run up to its evaluation: data set, features, receipt and a trained head are there. */
async function openEvaluation({
  meals = MEALS,
  quarantined = [],
  settings: more = {},
  backbone = BACKBONE,
}: {
  readonly meals?: readonly Meal[];
  readonly quarantined?: readonly QuarantinedImage[];
  readonly settings?: Partial<RunSettings>;
  readonly backbone?: typeof BACKBONE;
} = {}) {
  const store = new MemoryStore();
  const settings = mealSettings(more);
  const trained = await storeMeals(store);
  await storeMealFeatures(store);
  await store.replace(keys.runReceipt('r1'), Buffer.from(canonicalJson(RECEIPT)));
  const fitPool: FitPool = {
    fit: (features, labels, classes, head, { kind = 'logistic-regression' } = {}) =>
      Promise.resolve(fitHead(kind, features, labels, classes, head)),
    close: () => Promise.resolve(),
  };
  const training = createTrainingActivities({ store, fitPool });
  const subject = { runId: 'r1', settings, fingerprint: FINGERPRINT };
  const { model } = await runActivity(() =>
    training.trainHead({ ...subject, version: trained, contentHash: 'c'.repeat(64) }),
  );
  const version = await storeMeals(store, meals, quarantined);
  store.changes.length = 0;
  const activities = createEvaluationActivities({
    store,
    resolveBackbone: () => Promise.resolve(backbone),
  });
  const request = { ...subject, version, workflowId: 'graft-meals-1', model };
  const evaluate = () => runActivity(() => activities.evaluateHead({ ...request, seconds: { plan: 2 } }));
  return { store, model, request, activities, evaluate };
}

const readText = async (store: MemoryStore, key: string): Promise<string> =>
  Buffer.from(await store.get(key)).toString();

const readJson = async (store: MemoryStore, key: string): Promise<unknown> =>
  JSON.parse(await readText(store, key));

describe('evaluateHead', () => {
  test('writes metrics.json with the three splits, the head, the positive class and the seconds', async () => {
    const { store, evaluate } = await openEvaluation();
    await evaluate();
    const metrics = await readJson(store, keys.runMetrics('r1'));
    const ofSplit = (support: readonly number[]) => ({
      accuracy: 1,
      rocAuc: 1,
      averagePrecision: 1,
      logLoss: expect.any(Number) as number,
      confusion: [
        [support[0], 0],
        [0, support[1]],
      ],
      support,
      report: expect.stringMatching(/food +1\.0000 .*non_food +1\.0000 /s) as string,
    });
    expect(metrics).toEqual({
      training: ofSplit([3, 3]),
      validation: ofSplit([1, 1]),
      evaluation: ofSplit([2, 1]),
      champion: { verdict: { decision: 'promote', reason: 'It is the first model of meals.' } },
      head: {
        kind: 'logistic-regression',
        ...mealSettings().head,
        converged: true,
        iterations: expect.any(Number) as number,
        gradientNorm: expect.any(Number) as number,
        objective: expect.any(Number) as number,
      },
      positive: 'food',
      intervals: {
        accuracy: { lower: expect.closeTo(0.4385, 4) as number, upper: 1 },
        rocAuc: { lower: 1, upper: 1 },
        averagePrecision: { lower: 1, upper: 1 },
      },
      classes: [
        expect.objectContaining({ class: 'food', support: 2, precision: 1, mostlyTakenFor: null }),
        expect.objectContaining({ class: 'non_food', support: 1, recall: 1 }),
      ],
      calibration: {
        kind: 'temperature',
        temperature: expect.closeTo(1.1606, 3) as number,
        ece: expect.closeTo(0.2452, 3) as number,
        brier: expect.closeTo(0.0601, 3) as number,
        logLoss: expect.closeTo(0.2813, 3) as number,
      },
      seconds: { plan: 2, evaluate: expect.any(Number) as number },
    });
  });

  test('the report shows what the data checks found; a picture that is gone meanwhile has no preview', async () => {
    const { store, evaluate } = await openEvaluation();
    await evaluate();
    expect(await readText(store, keys.runReport('r1'))).toContain('Nobody looked at the data of this run.');

    const found = findingsOf(['food', 'non_food'], (i) => `gone-${i}.jpg`, {
      ...{ identical: 1, near: 0, suspects: 2, outliers: 0 },
    });
    for (const { key } of found.identical.flat()) await store.putIfAbsent(key, Buffer.from('a meal'));
    await writeChecks(store, 'r1', found, {
      ...{ version: 'v', fingerprint: FINGERPRINT, settings: resolveCheckSettings() },
    });
    await evaluate();
    const report = await readText(store, keys.runReport('r1'));
    expect(report.match(/alt="gone-0\.jpg, a picture of food"/g)).toHaveLength(2);
    expect(report.match(/no preview/g)).toHaveLength(2);
    expect(await readText(store, keys.runMarkdown('r1'))).toContain('- Leaks into evaluation: warned.');
  });

  test('chooses a threshold by validation and measures it on evaluation, apart from the splits’ metrics', async () => {
    const head = { ...mealSettings().head, threshold: { aim: 'recall', least: 1 } } as const;
    const { store, evaluate } = await openEvaluation({ settings: { head } });
    await evaluate();
    const metrics = (await readJson(store, keys.runMetrics('r1'))) as Record<string, unknown>;
    expect(metrics['threshold']).toMatchObject({
      aim: { aim: 'recall', least: 1 },
      validation: { recall: 1, precision: 1, truePositives: 1, trueNegatives: 1 },
      evaluation: { truePositives: 2, trueNegatives: 1 },
    });
    expect(metrics['evaluation']).toMatchObject({ accuracy: 1 });
  });

  test('says of a linear SVM what its calibrator makes of it', async () => {
    const head = { ...mealSettings().head, kind: 'linear-svm' } as const;
    const { store, evaluate } = await openEvaluation({ settings: { head } });
    expect((await evaluate()).headline.accuracy).toBe(1);
    expect(await readJson(store, keys.runMetrics('r1'))).toMatchObject({
      head: { kind: 'linear-svm' },
      calibration: { kind: 'platt', a: expect.any(Number) as number },
    });
  });

  test('refuses where the backbone was replaced during the run, and writes no report', async () => {
    const { store, evaluate } = await openEvaluation({
      backbone: { ...BACKBONE, fingerprint: '9'.repeat(64) },
    });
    await expect(evaluate()).rejects.toThrow(/"fake" was replaced during the run/);
    expect(store.objects.has(keys.runReport('r1'))).toBe(false);
  });

  test('writes the metrics, then the reports, and returns the few numbers of the evaluation split', async () => {
    const { store, evaluate } = await openEvaluation();
    const evaluation = await evaluate();
    expect(store.changes).toEqual([keys.runMetrics('r1'), keys.runMarkdown('r1'), keys.runReport('r1')]);
    expect(evaluation).toMatchObject({ positive: 'food', headline: { accuracy: 1, rocAuc: 1, support: 3 } });
    const report = await readText(store, keys.runReport('r1'));
    expect(report).toMatch(/^<!doctype html>/i);
    expect(report).toContain('Fake network');
    expect(report).toContain('graft-meals-1');
  });

  test('reads the features of one split at a time', async () => {
    const { store, evaluate } = await openEvaluation();
    const get = store.get.bind(store);
    let [reading, most] = [0, 0];
    store.get = async (key, range) => {
      if (!key.startsWith(keys.shards(FINGERPRINT))) return get(key, range);
      most = Math.max(most, ++reading);
      await new Promise((resolve) => setImmediate(resolve));
      reading--;
      return get(key, range);
    };
    await evaluate();
    expect(most).toBe(1);
  });

  test('measures mistakes as mistakes', async () => {
    const mislabelled = { ...meal('food 6', 'evaluation'), class: 'non_food' };
    const meals = [...MEALS.filter(({ name }) => name !== 'food 6'), mislabelled];
    const { evaluate } = await openEvaluation({ meals });
    expect((await evaluate()).headline.accuracy).toBeCloseTo(2 / 3, 12);
  });

  test('goes by the positive class of the input before that of the data set', async () => {
    const { store, evaluate } = await openEvaluation({ settings: { positive: 'non_food' } });
    expect((await evaluate()).positive).toBe('non_food');
    expect(await readJson(store, keys.runMetrics('r1'))).toMatchObject({ positive: 'non_food' });
  });

  test('refuses a positive class that the data set does not have, and writes nothing', async () => {
    const { store, evaluate } = await openEvaluation({ settings: { positive: 'drink' } });
    await expect(evaluate()).rejects.toThrow(BadInput);
    expect(store.changes).toEqual([]);
  });

  test('lists in the report what was refused before the index and by the extractor', async () => {
    const unreadable: QuarantinedImage = {
      path: 'training/food/empty-file.jpg',
      split: 'training',
      class: 'food',
      sha256: '',
      bytes: 0,
      reason: 'is an empty file',
    };
    const { store, evaluate } = await openEvaluation({
      meals: [...MEALS, meal('food cut short', 'evaluation')],
      quarantined: [unreadable],
    });
    const sha256 = imageHash('food cut short');
    await writeRefusal(store, FINGERPRINT, { sha256, reason: 'ends too early' });
    expect((await evaluate()).headline.support).toBe(3);
    const report = await readText(store, keys.runReport('r1'));
    for (const text of ['empty-file.jpg', 'is an empty file', 'food-cut-short.jpg', 'ends too early'])
      expect(report).toContain(text);
    expect(report).not.toMatch(/\.[0-9a-f]{12}\.jpg/);
  });

  test('does not list a picture as refused that has a feature all the same', async () => {
    const { store, evaluate } = await openEvaluation();
    await writeRefusal(store, FINGERPRINT, { sha256: imageHash('food 5'), reason: 'ends too early' });
    expect((await evaluate()).headline.support).toBe(3);
    expect(await readText(store, keys.runReport('r1'))).not.toContain('ends too early');
  });

  test('a feature that has been lost since the receipt is an error, never a smaller evaluation', async () => {
    const { store, evaluate } = await openEvaluation({ meals: [...MEALS, meal('food 9', 'evaluation')] });
    await expect(evaluate()).rejects.toThrow(FeatureMissing);
    expect(store.changes).toEqual([]);
  });
});

describe('publishRun', () => {
  async function openPublishing() {
    const opened = await openEvaluation();
    const evaluation = await opened.evaluate();
    opened.store.changes.length = 0;
    const { activities, request } = opened;
    const publish = () =>
      runActivity(() => activities.publishRun({ ...request, evaluation, receipt: RECEIPT }));
    return { ...opened, evaluation, publish };
  }

  test('points the registry at the run, and writes the outcome last', async () => {
    const { store, model, request, evaluation, publish } = await openPublishing();
    const summary = await publish();
    expect(store.changes).toEqual([keys.lastRun('meals'), keys.runOutcome('r1')]);
    expect(summary).toMatchObject({
      runId: 'r1',
      workflowId: 'graft-meals-1',
      status: 'completed',
      dataset: 'meals',
      version: request.version,
      model,
      positive: 'food',
      evaluation: evaluation.headline,
      receipt: RECEIPT,
    });
    expect(await readJson(store, keys.runOutcome('r1'))).toEqual(summary);
    for (const key of Object.values(summary.keys)) expect(store.objects.has(key)).toBe(true);
    expect(await readLastRun(store, 'meals')).toMatchObject({
      runId: 'r1',
      model,
      lineage: await readJson(store, keys.lineage(model)),
    });
  });

  test('says of a model on an int8 backbone that was never tested that it may not be promoted', async () => {
    const store = new MemoryStore();
    const draft = draftOf(BACKBONE.name, 'int8 weights', { precision: 'int8' });
    const { backbone } = await registerBackbone(store, draft);
    const refused = await explainRefusedPromotion(store, BACKBONE.name, backbone.fingerprint);
    expect(refused).toContain('its accuracy was never tested');
    expect(await explainRefusedPromotion(store, BACKBONE.name, FINGERPRINT)).toBeUndefined();
    expect(await explainRefusedPromotion(store, 'efficientnet-lite0', FINGERPRINT)).toBeUndefined();
  });

  test('passes a refused promotion on to the outcome', async () => {
    const { activities, request, evaluation } = await openPublishing();
    const refused = { ...evaluation, notPromotable: 'It loses 3 points.' };
    const publish = () =>
      runActivity(() => activities.publishRun({ ...request, evaluation: refused, receipt: RECEIPT }));
    expect(await publish()).toMatchObject({ promotable: false, notPromotable: 'It loses 3 points.' });
  });

  test('may run twice', async () => {
    const { store, publish } = await openPublishing();
    const first = await publish();
    expect(await publish()).toEqual(first);
    expect(store.changes.filter((key) => key === keys.runOutcome('r1'))).toHaveLength(1);
  });

  test('claims no completed run where its model is gone', async () => {
    const { store, model, publish } = await openPublishing();
    await store.delete(keys.lineage(model));
    store.changes.length = 0;
    await expect(publish()).rejects.toThrow();
    expect(store.changes).toEqual([]);
  });
});
