import { describe, expect, test } from 'vitest';
import { createFeatureActivities, type ExtractionPlan } from '../../activities/features.js';
import type { QuarantinedImage } from '../../dataset/dataset.js';
import { BadInput } from '../../errors/graft-error.js';
import { batchIdsOf } from '../../features/batch.js';
import { readBatch } from '../../features/plan-segments.js';
import { writeRefusal } from '../../features/refusals.js';
import { keys } from '../../storage/keys.js';
import { runActivity } from '../support/activity-context.js';
import { FINGERPRINT, imageHash, storeShard } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';
import { BACKBONE } from './fake-extractor.js';
import { MEALS, type Meal, meal, mealSettings, storeMeals } from './meals.js';

const NAMES = MEALS.map(({ name }) => name);

const activitiesOf = (store: MemoryStore, backbone = BACKBONE) =>
  createFeatureActivities({ store, resolveBackbone: () => Promise.resolve(backbone) });

async function plan(store: MemoryStore, version: string, runId = 'r1'): Promise<ExtractionPlan> {
  const activities = activitiesOf(store);
  return runActivity(() => activities.planExtraction({ runId, settings: mealSettings(), version }));
}

/** Hashes of the images that a plan asks for, batch by batch. */
async function readBatches(store: MemoryStore, { segments }: ExtractionPlan): Promise<string[][]> {
  const batches: string[][] = [];
  for (const { key, ranges } of segments) {
    for (const id of ranges.flatMap(batchIdsOf)) {
      const { images } = await readBatch(store, key, id);
      batches.push(images.map(({ sha256 }) => sha256));
    }
  }
  return batches;
}

const plannedImages = async (store: MemoryStore, planned: ExtractionPlan): Promise<string[]> =>
  (await readBatches(store, planned)).flat().toSorted();

const hashesOf = (...names: readonly string[]): string[] => names.map(imageHash).toSorted();

describe('planExtraction', () => {
  test('plans every image of a new data set once, in batches of one split and of batchSize at most', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store);
    const planned = await plan(store, version);
    expect(planned).toMatchObject({ fingerprint: FINGERPRINT, images: 11, reused: 0, batches: 4 });
    expect(planned.segments.map(({ ranges }) => ranges)).toEqual([
      [
        { split: 'training', first: 0, count: 2 },
        { split: 'validation', first: 0, count: 1 },
        { split: 'evaluation', first: 0, count: 1 },
      ],
    ]);
    expect((await readBatches(store, planned)).map(({ length }) => length)).toEqual([4, 2, 2, 3]);
    expect(await plannedImages(store, planned)).toEqual(hashesOf(...NAMES));
  });

  test('plans only images without a feature', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store);
    await storeShard(store, ['food 1', 'food 2', 'plate 4']);
    const planned = await plan(store, version);
    expect(planned).toMatchObject({ images: 8, reused: 3 });
    expect(await plannedImages(store, planned)).toEqual(
      hashesOf(...NAMES.filter((name) => !['food 1', 'food 2', 'plate 4'].includes(name))),
    );
  });

  test('plans no image again for another label, split or name', async () => {
    const store = new MemoryStore();
    await storeShard(store, NAMES);
    const moved: Meal[] = MEALS.map(({ name }) => ({ name, split: 'training', class: 'non_food' }));
    const version = await storeMeals(store, [...moved, meal('food 7', 'evaluation')]);
    const planned = await plan(store, version);
    expect(planned).toMatchObject({ images: 1, reused: NAMES.length, batches: 1 });
    expect(await plannedImages(store, planned)).toEqual(hashesOf('food 7'));
  });

  test('plans no image again that was refused', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store);
    await writeRefusal(store, FINGERPRINT, { sha256: imageHash('food 3'), reason: 'ends too early' });
    const planned = await plan(store, version);
    expect(planned.images).toBe(10);
    expect(await plannedImages(store, planned)).not.toContain(imageHash('food 3'));
  });

  test('plans an image once that two splits hold', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store, [...MEALS, meal('food 1', 'evaluation')]);
    const planned = await plan(store, version);
    expect(planned.images).toBe(11);
    expect(await plannedImages(store, planned)).toEqual(hashesOf(...NAMES));
  });

  test('sets damaged shards aside and plans their images again', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store);
    await storeShard(store, ['food 1', 'food 2']);
    const damaged = await storeShard(store, ['plate 1', 'plate 2']);
    const key = keys.shard(FINGERPRINT, damaged);
    const half = (await store.get(key)).slice(0, 200);
    await store.replace(key, half);

    const planned = await plan(store, version);
    expect(planned).toMatchObject({ images: 9, reused: 2 });
    expect(await plannedImages(store, planned)).toEqual(
      hashesOf(...NAMES.filter((name) => name !== 'food 1' && name !== 'food 2')),
    );
    expect(store.objects.has(key)).toBe(false);
    const aside = [...store.objects].filter(([name]) => name.includes('/damaged/'));
    expect(aside).toEqual([[expect.stringContaining(damaged), half]]);
  });

  test('gives the first plan when it runs again, although features have come meanwhile', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store);
    const first = await plan(store, version);
    await storeShard(store, ['food 1', 'food 2', 'food 3']);
    expect(await plan(store, version)).toEqual(first);
    expect(await plan(store, version, 'another run')).toMatchObject({ images: 8, reused: 3 });
  });

  test('two at once agree on one plan', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store);
    const [one, other] = await Promise.all([plan(store, version), plan(store, version)]);
    expect(one).toEqual(other);
    expect(await plannedImages(store, one)).toEqual(hashesOf(...NAMES));
  });

  test('describes the backbone beside its features, and a later release may describe it otherwise', async () => {
    const store = new MemoryStore();
    const version = await storeMeals(store);
    await plan(store, version);
    const described = await store.get(keys.backbone(FINGERPRINT));
    expect(JSON.parse(Buffer.from(described).toString())).toMatchObject({ name: 'fake', dimensions: 3 });
    const activities = activitiesOf(store, { ...BACKBONE, title: 'Fake network, revised' });
    await runActivity(() => activities.planExtraction({ runId: 'r2', settings: mealSettings(), version }));
    expect(await store.get(keys.backbone(FINGERPRINT))).toEqual(described);
  });
});

describe('writeReceipt', () => {
  const unreadable: QuarantinedImage = {
    path: 'training/food/broken.jpg',
    split: 'training',
    class: 'food',
    sha256: imageHash('broken'),
    bytes: 0,
    reason: 'is empty',
  };

  /** A run over the meals and one picture that was refused before the index; some have features, some not. */
  async function account({
    computed,
    refused = [],
    maxBadImageRate,
  }: {
    readonly computed: readonly string[];
    readonly refused?: readonly string[];
    readonly maxBadImageRate: number;
  }) {
    const store = new MemoryStore();
    const version = await storeMeals(store, MEALS, [unreadable]);
    await storeShard(store, ['food 1']);
    const planned = await plan(store, version);
    await storeShard(store, computed);
    for (const name of refused)
      await writeRefusal(store, FINGERPRINT, { sha256: imageHash(name), reason: 'ends too early' });
    const request = { runId: 'r1', settings: mealSettings({ maxBadImageRate }), version, plan: planned };
    const written = runActivity(() => activitiesOf(store).writeReceipt({ ...request, failedBatches: 1 }));
    const stored = async (): Promise<unknown> =>
      JSON.parse(Buffer.from(await store.get(keys.runReceipt('r1'))).toString());
    return { written, stored };
  }

  const without = (...names: readonly string[]): string[] =>
    NAMES.filter((name) => !['food 1', ...names].includes(name));

  test('adds up: every picture is a feature, quarantined or missing', async () => {
    const { written, stored } = await account({
      computed: without('food 2', 'plate 1', 'plate 2'),
      refused: ['food 2'],
      maxBadImageRate: 0.5,
    });
    const receipt = await written;
    expect(receipt).toMatchObject({
      images: 12,
      unique: 11,
      features: 8,
      quarantined: 2,
      missing: 2,
      computed: 7,
      reused: 1,
      batches: 4,
      failedBatches: 1,
    });
    expect(await stored()).toEqual(receipt);
  });

  test('does not depend on when the features were computed', async () => {
    const receipts = await Promise.all(
      [without(), without('plate 1')].map(async (computed) => {
        const { written } = await account({ computed, refused: ['plate 1'], maxBadImageRate: 0.5 });
        return written;
      }),
    );
    expect(receipts.map(({ quarantined }) => quarantined)).toEqual([1, 2]);
    const again = await account({ computed: without(), maxBadImageRate: 0.5 });
    expect((await again.written).contentHash).toBe(receipts[0]?.contentHash);
    expect(receipts[1]?.contentHash).not.toBe(receipts[0]?.contentHash);
  });

  test('refuses a run with more bad pictures than it allows, and leaves the receipt that says so', async () => {
    const { written, stored } = await account({
      computed: without('food 2'),
      refused: ['food 2'],
      maxBadImageRate: 0.1,
    });
    const failure: unknown = await written.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BadInput);
    expect(String(failure)).toContain('2 of 12 pictures cannot be used, more than maxBadImageRate 0.1');
    expect(String(failure)).toMatch(/broken\.jpg is empty; food-2\.\S+ ends too early/);
    expect(await stored()).toMatchObject({ quarantined: 2, missing: 0 });
  });

  test('allows exactly as many bad pictures as the rate says', async () => {
    const { written } = await account({ computed: without(), maxBadImageRate: 1 / 12 });
    expect(await written).toMatchObject({ quarantined: 1, features: 11 });
  });
});
