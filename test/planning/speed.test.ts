import { expect, test } from 'vitest';
import { createFeatureActivities } from '../../activities/features.js';
import { type SpeedRecord, findSpeed, predict, recordSpeed } from '../../planning/speed.js';
import { keys } from '../../storage/keys.js';
import { BACKBONE } from '../activities/fake-extractor.js';
import { type Meal, mealSettings, storeMeals } from '../activities/meals.js';
import { runActivity } from '../support/activity-context.js';
import { FINGERPRINT, storeShard } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';

const record = (more: Partial<SpeedRecord> = {}): SpeedRecord => ({
  ...{ engine: 'onnx-cpu', runId: 'r1', measuredAt: '2026-01-01T00:00:00.000Z' },
  ...{ images: 100, imagesPerSecond: 50 },
  ...more,
});
const TUNED = { imagesPerSecond: 80, engine: 'onnx-cpu' };

test('the last run of an engine counts, then graft tune, and nothing is invented', async () => {
  const store = new MemoryStore();
  expect(await findSpeed(store, FINGERPRINT, 'onnx-cpu')).toBeUndefined();
  expect(await findSpeed(store, FINGERPRINT, 'onnx-cpu', TUNED)).toEqual(TUNED);

  await recordSpeed(store, FINGERPRINT, record({ imagesPerSecond: 40 }));
  await recordSpeed(store, FINGERPRINT, record({ runId: 'r2' }));
  const later = { engine: 'onnx-cuda', measuredAt: '2026-02-01T00:00:00.000Z', imagesPerSecond: 2_000 };
  await recordSpeed(store, FINGERPRINT, record(later));
  expect(await findSpeed(store, FINGERPRINT, 'onnx-cpu', TUNED)).toEqual({
    ...{ imagesPerSecond: 50, engine: 'onnx-cpu', runId: 'r2' },
  });
  expect(await findSpeed(store, FINGERPRINT)).toMatchObject({ engine: 'onnx-cuda' });
  expect(await findSpeed(store, FINGERPRINT, 'tfjs')).toBeUndefined();
  expect(await findSpeed(store, 'e'.repeat(64))).toBeUndefined();
});

test('a run of a few images measures nothing, and a damaged record counts as none', async () => {
  const store = new MemoryStore();
  await recordSpeed(store, FINGERPRINT, record({ images: 99 }));
  expect(store.objects.size).toBe(0);
  for (const damaged of ['', '{"engine":"onnx-cpu"}', JSON.stringify(record({ imagesPerSecond: 0 }))]) {
    await store.replace(keys.speed(FINGERPRINT, 'onnx-cpu'), Buffer.from(damaged));
    expect(await findSpeed(store, FINGERPRINT)).toBeUndefined();
  }
});

test('predicts from the number of images', () => {
  expect(predict(160, TUNED)).toEqual({ ...TUNED, seconds: 2 });
  expect(predict(160, undefined)).toBeUndefined();
});

test('a run records what it measured, and the next plan predicts by it', async () => {
  const store = new MemoryStore();
  const meals = (count: number): Meal[] =>
    Array.from({ length: count }, (_, at) => ({ name: `food ${at}`, split: 'training' }));
  const activities = createFeatureActivities({ store, resolveBackbone: () => Promise.resolve(BACKBONE) });
  const settings = mealSettings();
  const version = await storeMeals(store, meals(120));
  const first = { runId: 'first', settings, version };
  const plan = await runActivity(() => activities.planExtraction(first));
  expect(plan.predicted).toBeUndefined();
  await storeShard(
    store,
    meals(120).map(({ name }) => name),
  );
  const receipt = { ...first, plan, failedBatches: 0, imagesPerSecond: 24 };
  await runActivity(() => activities.writeReceipt(receipt));

  const more = { runId: 'second', settings, version: await storeMeals(store, meals(240)) };
  const next = await runActivity(() => activities.planExtraction(more));
  expect(next.predicted).toEqual({ seconds: 5, imagesPerSecond: 24, engine: 'onnx-cpu', runId: 'first' });

  await runActivity(() => activities.writeReceipt({ ...more, plan: next, failedBatches: 0 }));
  expect((await findSpeed(store, FINGERPRINT))?.runId).toBe('first');
});

test('a plan before the first run predicts by what graft tune measured', async () => {
  const store = new MemoryStore();
  const activities = createFeatureActivities({
    ...{ store, resolveBackbone: () => Promise.resolve(BACKBONE), tunedSpeed: () => TUNED },
  });
  const request = { runId: 'r', settings: mealSettings(), version: await storeMeals(store) };
  const { predicted } = await runActivity(() => activities.planExtraction(request));
  expect(predicted).toEqual({ ...TUNED, seconds: 11 / 80 });
});
