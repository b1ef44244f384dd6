import { describe, expect, test } from 'vitest';
import { createFeatureActivities } from '../../activities/features.js';
import type { BackboneDescription } from '../../backbones/backbone.js';
import { CROP_BICUBIC_FAST } from '../../backbones/recipes.js';
import { readPlan } from '../../features/plan-segments.js';
import { writeCrash } from '../../features/refusals.js';
import { keys } from '../../storage/keys.js';
import { BACKBONE } from '../activities/fake-extractor.js';
import { MEALS, type Meal, mealSettings, storeMeals } from '../activities/meals.js';
import { runActivity } from '../support/activity-context.js';
import { FINGERPRINT, imageHash, storeShard } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';

const NAMES = MEALS.map(({ name }) => name);

const plan = (store: MemoryStore, version: string, runId: string, backbone: BackboneDescription = BACKBONE) =>
  runActivity(() =>
    createFeatureActivities({ store, resolveBackbone: () => Promise.resolve(backbone) }).planExtraction({
      ...{ runId, version, settings: mealSettings() },
    }),
  );

/** A store in which a run over the meals has completed. */
async function afterRun(): Promise<{ readonly store: MemoryStore; readonly version: string }> {
  const store = new MemoryStore();
  const version = await storeMeals(store);
  await plan(store, version, 'first');
  await storeShard(store, NAMES);
  const lineage = { dataset: 'meals', version, backbone: 'fake', fingerprint: FINGERPRINT };
  const last = { runId: 'first', finishedAt: '2026-01-01', model: 'm', backbone: 'fake', lineage };
  await store.replace(keys.lastRun('meals'), Buffer.from(JSON.stringify(last)));
  return { store, version };
}

describe('the plan of a run', () => {
  test('says of a first run that every image is new, in plan.json too', async () => {
    const store = new MemoryStore();
    const planned = await plan(store, await storeMeals(store), 'r');
    expect(planned).toMatchObject({ images: 11, reasons: { new: 11 } });
    expect(await readPlan(store, 'r')).toMatchObject({ reasons: { new: 11 }, refused: 0 });
  });

  test.each([
    { reason: 'backbone', other: { sha256: 'c'.repeat(64), recipe: CROP_BICUBIC_FAST } },
    { reason: 'recipe', other: { recipe: CROP_BICUBIC_FAST } },
    { reason: 'schema', other: {} },
  ])(
    'after a run with features of another kind tells that the $reason changed',
    async ({ reason, other }) => {
      const { store, version } = await afterRun();
      const backbone = { ...BACKBONE, ...other, fingerprint: 'e'.repeat(64) };
      expect(await plan(store, version, 'second', backbone)).toMatchObject({
        reused: 0,
        reasons: { [reason]: 11 },
      });
    },
  );

  test('tells new, changed and lost pictures apart', async () => {
    const { store } = await afterRun();
    const [shard = ''] = [...store.objects.keys()].filter((key) => key.includes('/shards/'));
    await store.delete(shard);
    await storeShard(store, ['food 1', 'food 2']);
    const meals: readonly Meal[] = [...MEALS, { name: 'food 7', split: 'training' }];
    const version = await storeMeals(store, meals);
    expect(await plan(store, version, 'second')).toMatchObject({
      reused: 2,
      images: 10,
      reasons: { new: 1, lost: 9 },
    });
  });

  test('knows what a damaged shard held, also before a run has completed', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store);
    const shard = await storeShard(store, ['food 1', 'food 2']);
    await plan(store, version, 'first');
    await store.replace(keys.shard(FINGERPRINT, shard), Buffer.from('damaged'));
    const planned = await plan(store, version, 'second');
    expect(planned).toMatchObject({ images: 11, reasons: { new: 9, lost: 2 } });
  });

  test('counts what crashed an extractor, for it is planned and left out', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store);
    await writeCrash(store, { fingerprint: FINGERPRINT, engine: 'fake', sha256: imageHash('food 1') });
    const planned = await plan(store, version, 'first');
    expect(planned).toMatchObject({ images: 11, reasons: { new: 10, crashed: 1 }, mayHaveCrashed: true });
  });

  test('survives a last run whose index is gone', async () => {
    const { store, version } = await afterRun();
    const moved = await storeMeals(store, MEALS.slice(1));
    await store.delete(keys.datasetIndex('meals', version));
    const backbone = { ...BACKBONE, fingerprint: 'e'.repeat(64) };
    expect(await plan(store, moved, 'second', backbone)).toMatchObject({ reasons: { new: 10 } });
  });

  test('reads no earlier index where there is nothing to explain', async () => {
    const { store } = await afterRun();
    const moved = await storeMeals(store, MEALS.slice(1));
    store.reads.length = 0;
    expect(await plan(store, moved, 'second')).toMatchObject({ images: 0, reasons: {} });
    expect(store.reads.filter((key) => key.endsWith('/index.parquet'))).toEqual([
      keys.datasetIndex('meals', moved),
    ]);
  });
});
