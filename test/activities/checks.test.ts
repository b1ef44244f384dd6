import { describe, expect, test } from 'vitest';
import { createCheckActivities } from '../../activities/checks.js';
import { resolveCheckSettings } from '../../checks/check-settings.js';
import { readChecks, readJudgedData } from '../../checks/stored-checks.js';
import { keys } from '../../storage/keys.js';
import { runActivity } from '../support/activity-context.js';
import { FINGERPRINT } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';
import { storeMealFeatures } from './meal-features.js';
import { MEALS, type Meal, meal, mealSettings, storeMeals } from './meals.js';

/** Twelve meals of training, one of which is in evaluation, too, with another label. */
const LEAKY = [
  ...MEALS,
  ...['food 7', 'food 8', 'food 9', 'plate 7', 'plate 8', 'plate 9'].map((name) => meal(name, 'training')),
  { ...meal('food 1', 'evaluation'), class: 'non_food' },
];

async function openChecks(meals: readonly Meal[] = LEAKY) {
  const store = new MemoryStore();
  const version = await storeMeals(store, meals);
  await storeMealFeatures(store, [...new Set(meals.map(({ name }) => name))]);
  store.changes.length = 0;
  const activities = createCheckActivities({ store });
  const request = { runId: 'r1', settings: mealSettings(), version, fingerprint: FINGERPRINT };
  return {
    store,
    request,
    check: (more = {}) => runActivity(() => activities.checkData({ ...request, ...more })),
  };
}

describe('checkData', () => {
  test('keeps what it found, checks.json last, and tells names alone', async () => {
    const { store, check } = await openChecks();
    const checked = await check();
    expect(checked).toEqual({
      failed: ['leaks', 'contradictions'],
      warned: ['duplicates', 'outliers'],
      seconds: expect.any(Number) as number,
    });
    expect(store.changes).toEqual([
      keys.runSuspects('r1'),
      keys.runDuplicates('r1'),
      keys.runNearDuplicates('r1'),
      keys.runChecks('r1'),
    ]);
    const checks = await readChecks(store, 'r1');
    expect(checks).toMatchObject({ pictures: 18, distinct: 17, identical: { groups: 1, contradictory: 1 } });
    expect(Buffer.from(await store.get(keys.runSuspects('r1'))).toString()).toMatch(/^picture,split,given/);
  });

  test('says what the registry needs: a sentence for each failure, or that nobody looked', async () => {
    const { store, check } = await openChecks();
    expect(await readJudgedData(store, 'r1')).toEqual({ failedChecks: 'not looked at', groups: [] });
    await check();
    const { failedChecks, groups } = await readJudgedData(store, 'r1');
    expect(failedChecks[0]).toBe('1 of 4 evaluation pictures (25.0 %) is in training or validation, too.');
    expect(groups).toEqual([]);
  });

  test('may run twice', async () => {
    const { store, check } = await openChecks();
    await check();
    const first = Buffer.from(await store.get(keys.runChecks('r1'))).toString();
    await check();
    expect(Buffer.from(await store.get(keys.runChecks('r1'))).toString()).toBe(first);
  });

  test('judges by the limits of the run', async () => {
    const { check } = await openChecks();
    const limits = { leaks: { fail: 0.5 }, contradictions: { fail: 0.5 } };
    const settings = mealSettings({ checks: resolveCheckSettings({ limits }) });
    expect(await check({ settings })).toMatchObject({
      failed: [],
      warned: ['leaks', 'contradictions', 'duplicates', 'outliers'],
    });
  });

  test('says of few pictures that nobody can look at their labels', async () => {
    const { store, check } = await openChecks(MEALS);
    expect(await check()).toMatchObject({ failed: [] });
    expect((await readChecks(store, 'r1'))?.labels).toBe(
      'Fewer than two classes have five pictures to train on and to hold out.',
    );
  });
});
