import { describe, expect, test } from 'vitest';
import { createTrainingActivities } from '../../activities/training.js';
import { FeatureMissing } from '../../features/load-features.js';
import { writeRefusal } from '../../features/refusals.js';
import type { FitPool } from '../../heads/fit-pool.js';
import { decodeHead } from '../../heads/head-file.js';
import { fitLogisticRegression } from '../../heads/logistic-regression.js';
import { canonicalJson } from '../../runs/canonical-json.js';
import type { RunSettings } from '../../runs/run-settings.js';
import { keys } from '../../storage/keys.js';
import { StoreUnavailable } from '../../storage/object-store.js';
import { openActivityContext, runActivity } from '../support/activity-context.js';
import { FINGERPRINT, imageHash } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';
import { storeMealFeatures } from './meal-features.js';
import { MEALS, meal, mealSettings, storeMeals } from './meals.js';

/** Fits on this thread and remembers how many rows of which labels it was given. */
function createFakeFitPool(): FitPool & { readonly fits: { labels: number[]; columns: number }[] } {
  const fits: { labels: number[]; columns: number }[] = [];
  return {
    fits,
    fit(features, labels, classes, settings, options) {
      fits.push({ labels: Array.from(labels), columns: features.columns });
      options?.signal?.throwIfAborted();
      return Promise.resolve(fitLogisticRegression(features, labels, classes, settings));
    },
    close: () => Promise.resolve(),
  };
}

const CONTENT_HASH = 'c'.repeat(64);

async function openTraining(store = new MemoryStore()) {
  const version = await storeMeals(store);
  await storeMealFeatures(store);
  const fitPool = createFakeFitPool();
  const activities = createTrainingActivities({ store, fitPool });
  store.changes.length = 0;
  const train = (more: Partial<RunSettings> = {}, changed: { version?: string; contentHash?: string } = {}) =>
    runActivity(() =>
      activities.trainHead({
        runId: 'r1',
        settings: mealSettings(more),
        version,
        fingerprint: FINGERPRINT,
        contentHash: CONTENT_HASH,
        ...changed,
      }),
    );
  return { store, version, fitPool, activities, train };
}

/** Publishes a model as the last run's. */
async function publish(store: MemoryStore, model: string): Promise<void> {
  const lineage: unknown = JSON.parse(Buffer.from(await store.get(keys.lineage(model))).toString());
  const last = { runId: 'r0', finishedAt: '2026-01-01T00:00:00.000Z', model, backbone: 'fake', lineage };
  await store.replace(keys.lastRun('meals'), Buffer.from(canonicalJson(last)));
}

const filesOf = (model: string): string[] => [
  keys.labelEncoder(model),
  keys.lineage(model),
  keys.calibrator(model),
  keys.head(model),
];

describe('trainHead', () => {
  test('fits on the training split alone and stores the model, its head last', async () => {
    const { store, fitPool, train, version } = await openTraining();
    const { model, reused, convergence } = await train();
    expect(reused).toBe(false);
    expect(convergence.converged).toBe(true);
    expect(fitPool.fits).toEqual([{ labels: [0, 0, 0, 1, 1, 1], columns: 3 }]);
    expect(store.changes).toEqual(filesOf(model));
    const head = decodeHead(await store.get(keys.head(model)));
    expect(head.classes).toEqual(['food', 'non_food']);
    expect(head.coef[0]?.[0]).toBeLessThan(0);
    expect(JSON.parse(Buffer.from(await store.get(keys.lineage(model))).toString())).toMatchObject({
      dataset: 'meals',
      version,
      backbone: 'efficientnet-lite0',
      fingerprint: FINGERPRINT,
      head: { C: 1 },
    });
  });

  test('gives the same model for the same data and settings, in another store and in the same', async () => {
    const one = await openTraining();
    const other = await openTraining();
    const { model } = await one.train();
    expect((await other.train()).model).toBe(model);
    one.store.changes.length = 0;
    expect((await one.train()).model).toBe(model);
    expect(one.store.changes).toEqual([]);
  });

  test('gives another model for other settings', async () => {
    const { train } = await openTraining();
    const { head } = mealSettings();
    const { model } = await train();
    expect((await train({ head: { ...head, C: 0.1 } })).model).not.toBe(model);
  });

  test('what a head does not depend on makes no other model', async () => {
    const { train } = await openTraining();
    const { model } = await train();
    expect((await train({ positive: 'non_food', batchSize: 1, window: 3 })).model).toBe(model);
  });

  test('keeps the last run’s model without a fit where nothing that it depends on has changed', async () => {
    const { store, fitPool, train } = await openTraining();
    const first = await train();
    await publish(store, first.model);
    store.changes.length = 0;
    expect(await train()).toEqual({ ...first, reused: true });
    expect(fitPool.fits).toHaveLength(1);
    expect(store.changes).toEqual([]);
  });

  test.each([
    ['settings', { head: { ...mealSettings().head, C: 3 } }],
    ['backbone', { backbone: 'another' }],
  ])('fits anew where the %s have changed since the last run', async (_, more) => {
    const { store, fitPool, train } = await openTraining();
    const first = await train();
    await publish(store, first.model);
    const second = await train(more);
    expect(second.reused).toBe(false);
    expect(second.model).not.toBe(first.model);
    expect(fitPool.fits).toHaveLength(2);
  });

  test('fits anew where the features have changed since the last run', async () => {
    const { store, fitPool, train } = await openTraining();
    const first = await train();
    await publish(store, first.model);
    const second = await train({}, { contentHash: 'd'.repeat(64) });
    expect(second.reused).toBe(false);
    expect(fitPool.fits).toHaveLength(2);
  });

  test('fits anew where the record of the last run is damaged', async () => {
    const { store, fitPool, train } = await openTraining();
    const first = await train();
    await publish(store, first.model);
    await store.replace(keys.lastRun('meals'), Buffer.from('{"runId":'));
    expect(await train()).toEqual(first);
    expect(fitPool.fits).toHaveLength(2);
  });

  test('fits anew where the last run’s model is gone', async () => {
    const { store, fitPool, train } = await openTraining();
    const first = await train();
    await publish(store, first.model);
    await store.delete(keys.head(first.model));
    expect(await train()).toEqual(first);
    expect(fitPool.fits).toHaveLength(2);
  });

  test('fits anew where the last run’s calibrator is gone', async () => {
    const { store, train } = await openTraining();
    const first = await train();
    await publish(store, first.model);
    await store.delete(keys.calibrator(first.model));
    store.changes.length = 0;
    expect(await train()).toEqual(first);
    expect(store.changes).toEqual([keys.calibrator(first.model)]);
  });

  test('leaves the calibrator out where validation lacks a class', async () => {
    const { store, train } = await openTraining();
    const meals = MEALS.filter(({ name }) => name !== 'plate 4');
    const { model } = await train({}, { version: await storeMeals(store, meals) });
    expect(store.objects.has(keys.head(model))).toBe(true);
    expect(store.objects.has(keys.calibrator(model))).toBe(false);
  });

  test('names the object where the last run’s head is damaged', async () => {
    const { store, train } = await openTraining();
    const { model } = await train();
    await publish(store, model);
    await store.replace(keys.head(model), Buffer.from('{'));
    await expect(train()).rejects.toThrow(`${keys.head(model)}: head.json is damaged`);
  });

  test.each([0, 1, 2, 3])(
    'killed before write %i, gives the same model when it runs again',
    async (writes) => {
      const { model } = await (await openTraining()).train();
      const dying = new DyingStore();
      const { train } = await openTraining(dying);
      dying.writesLeft = writes;
      await expect(train()).rejects.toThrow('the machine is gone');
      expect(dying.changes).toEqual(filesOf(model).slice(0, writes));
      dying.writesLeft = Infinity;
      expect((await train()).model).toBe(model);
      expect(dying.changes).toEqual(filesOf(model));
    },
  );

  test('a picture that lies in the data set twice counts twice, and once its bytes are computed', async () => {
    const { store, fitPool, train } = await openTraining();
    const twice = { ...meal('food 1', 'training'), class: 'non_food' };
    const version = await storeMeals(store, [...MEALS, twice]);
    await train({}, { version: version });
    expect(fitPool.fits[0]?.labels.toSorted()).toEqual([0, 0, 0, 1, 1, 1, 1]);
  });

  test('leaves out refused pictures', async () => {
    const { store, fitPool, train } = await openTraining();
    const version = await storeMeals(store, [...MEALS, meal('food of another kind', 'training')]);
    const sha256 = imageHash('food of another kind');
    await writeRefusal(store, FINGERPRINT, { sha256, reason: 'ends too early' });
    await train({}, { version: version });
    expect(fitPool.fits[0]?.labels).toHaveLength(6);
  });

  test('a feature that has been lost since the receipt is an error, never a smaller training set', async () => {
    const { store, fitPool, train } = await openTraining();
    const version = await storeMeals(store, [...MEALS, meal('food without a feature', 'training')]);
    await expect(train({}, { version: version })).rejects.toThrow(FeatureMissing);
    expect(fitPool.fits).toEqual([]);
  });

  test('rejects with the signal’s reason when cancelled, and stores no model', async () => {
    const { store, version, activities } = await openTraining();
    const context = openActivityContext();
    const reason = new Error('CANCELLED');
    context.cancel(reason);
    const request = {
      runId: 'r1',
      settings: mealSettings(),
      version,
      fingerprint: FINGERPRINT,
      contentHash: CONTENT_HASH,
    };
    await expect(context.run(() => activities.trainHead(request))).rejects.toBe(reason);
    expect(store.changes).toEqual([]);
  });
});

/** A store of a machine that dies before one of its writes. */
class DyingStore extends MemoryStore {
  writesLeft = Infinity;

  override putIfAbsent(key: string, body: Uint8Array): Promise<'written' | 'present'> {
    if (this.writesLeft-- <= 0) return Promise.reject(new StoreUnavailable('the machine is gone'));
    return super.putIfAbsent(key, body);
  }
}
