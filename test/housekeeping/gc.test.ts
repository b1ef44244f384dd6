import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fc } from '../support/properties.js';
import { describe, expect, test } from 'vitest';
import { refreshSegments } from '../../features/segments.js';
import { deleteGarbage } from '../../housekeeping/delete-garbage.js';
import { findGarbage } from '../../housekeeping/find-garbage.js';
import type { Garbage } from '../../housekeeping/garbage.js';
import { createFileStore } from '../../storage/file-store.js';
import { keys } from '../../storage/keys.js';
import { StoreRefused } from '../../storage/object-store.js';
import { dyingStore } from '../support/dying-store.js';
import { FINGERPRINT, storeShard } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import {
  age,
  aWeekAgo,
  DAY_MS,
  danglingPlans,
  danglingShards,
  receiptOf,
  storeListing,
  storeRun,
  storeVersion,
} from './aged-store.js';

const shardKey = (name: string): string => keys.shard(FINGERPRINT, name);
const namesOf = (garbage: readonly Garbage[], kind: Garbage['kind']): readonly string[] =>
  garbage.filter((each) => each.kind === kind).map(({ name }) => name);
const ENDED = { status: 'completed', dataset: 'food' };
const IMAGES = ['a', 'b', 'c', 'd', 'e', 'f'];

async function collect(store: MemoryStore) {
  return deleteGarbage(store, await findGarbage(store, aWeekAgo()));
}

/** A store with every kind of garbage but unfinished writes, all of it old. */
async function untidyStore() {
  const store = new MemoryStore();
  const names = [await storeShard(store, ['a', 'b', 'c']), await storeShard(store, ['a', 'b', 'c', 'd'])];
  names.push(await storeShard(store, ['a', 'd'], 1), await storeShard(store, ['b'], 2));
  const orphan = await storeShard(store, ['x', 'y']);
  const version = await storeVersion(store, ['a', 'b', 'c', 'd'], { refused: ['r'] });
  await storeListing(store, ['a', 'b', 'c', 'd']);
  await storeRun(store, 'ended', { images: ['a', 'b'], ended: ENDED });
  await storeRun(store, 'open', { images: ['a'] });
  const batch = keys.runBatch('ended', 'training-0000');
  await store.replace(batch, Buffer.from('{}'));
  await refreshSegments(store, FINGERPRINT);
  const damaged = keys.damagedShard(FINGERPRINT, '0'.repeat(64), '1'.repeat(64));
  await store.putIfAbsent(damaged, Buffer.from('cut'));
  age(store, 30);
  return { store, version, orphan, names, batch, damaged };
}

describe('each kind of garbage', () => {
  test('is found, and nothing else', async () => {
    const { store, orphan, names, batch, damaged } = await untidyStore();
    const { garbage, notes } = await findGarbage(store, aWeekAgo());
    expect(notes).toEqual([]);
    expect(namesOf(garbage, 'unreferenced')).toEqual([shardKey(orphan)]);
    const winners = new Set<string>();
    for (const { shard } of (await refreshSegments(store, FINGERPRINT)).features.values()) winners.add(shard);
    expect(namesOf(garbage, 'superseded').toSorted()).toEqual(
      names
        .filter((name) => !winners.has(name))
        .map(shardKey)
        .toSorted(),
    );
    expect(namesOf(garbage, 'superseded').length).toBeGreaterThan(0);
    expect(namesOf(garbage, 'damaged')).toEqual([damaged]);
    expect(namesOf(garbage, 'failures')).toEqual([batch]);
    expect(garbage.filter(({ name }) => name.startsWith(keys.datasets()))).toEqual([]);
    expect(namesOf(garbage, 'plans')).toHaveLength(1);
    expect(namesOf(garbage, 'plans')[0]).toMatch(/^runs\/ended\/plan\/0000\./);
  });

  test('is found without changing anything', async () => {
    const { store } = await untidyStore();
    store.changes.length = 0;
    await findGarbage(store, aWeekAgo());
    expect(store.changes).toEqual([]);
  });

  test('never is a model, an entry of the history of champions, or what they came from', async () => {
    const { store, version } = await untidyStore();
    const model = 'd'.repeat(64);
    const named = [
      ...[keys.head(model), keys.lineage(model), keys.championEntry('food', 1)],
      ...[keys.decision('food', 's', 'd'), keys.rejection('food', 'ended'), keys.runMetrics('ended')],
      keys.datasetSuccessor('food', 'v'),
    ];
    for (const key of named) await store.putIfAbsent(key, Buffer.from('{}'));
    age(store, 400);
    await collect(store);
    for (const key of [...named, keys.datasetIndex('food', version)])
      expect(store.objects.has(key), key).toBe(true);
  });

  test('is left alone while it is young, or while nobody knows how old it is', async () => {
    const { store } = await untidyStore();
    age(store, 6);
    expect((await findGarbage(store, aWeekAgo())).garbage).toEqual([]);
    store.modified.clear();
    expect((await findGarbage(store, aWeekAgo())).garbage).toEqual([]);
  });

  test('goes, and a second collection finds no more', async () => {
    const { store, version, orphan } = await untidyStore();
    const before = await receiptOf(store, version);
    const { garbage } = await collect(store);
    for (const { name } of garbage) expect(store.objects.has(name)).toBe(false);
    expect(store.objects.has(shardKey(orphan))).toBe(false);
    expect(await danglingShards(store)).toEqual([]);
    expect(await danglingPlans(store, 'ended')).toEqual([]);
    expect(await receiptOf(store, version)).toEqual(before);
    age(store, 30);
    expect((await findGarbage(store, aWeekAgo())).garbage).toEqual([]);
  });
});

describe('a shard is kept', () => {
  test('that supersedes another but is young: a run may still read the old one', async () => {
    const { store, names } = await untidyStore();
    const { garbage } = await findGarbage(store, aWeekAgo());
    const superseded = namesOf(garbage, 'superseded');
    for (const name of names) if (!superseded.includes(shardKey(name))) age(store, 1, shardKey(name));
    const again = await findGarbage(store, aWeekAgo());
    expect(namesOf(again.garbage, 'superseded')).toEqual([]);
  });

  test('whose features count elsewhere, in a shard that is damaged', async () => {
    const { store } = await untidyStore();
    const superseded = namesOf((await findGarbage(store, aWeekAgo())).garbage, 'superseded');
    for (const [key, bytes] of store.objects)
      if (key.startsWith(keys.shards(FINGERPRINT)) && !superseded.includes(key)) bytes.fill(0, 40, 80);
    expect(namesOf((await findGarbage(store, aWeekAgo())).garbage, 'superseded')).toEqual([]);
  });

  test('without a reference while a run may be about to refer to it', async () => {
    const { store } = await untidyStore();
    age(store, 1, keys.runInput('open'));
    const { garbage, notes } = await findGarbage(store, aWeekAgo());
    expect(namesOf(garbage, 'unreferenced')).toEqual([]);
    expect(notes).toEqual(['Shards without a reference are kept: run open may be about to refer to them.']);
  });

  test('without a reference where a run begins between the search and the deletion', async () => {
    const { store, orphan } = await untidyStore();
    const findings = await findGarbage(store, aWeekAgo());
    await storeRun(store, 'newcomer');
    const { garbage, notes } = await deleteGarbage(store, findings);
    expect(namesOf(garbage, 'unreferenced')).toEqual([]);
    expect(store.objects.has(shardKey(orphan))).toBe(true);
    expect(notes.join()).toContain('run newcomer has come meanwhile');
  });

  test('without a reference where the index of a data set does not read', async () => {
    const { store, version } = await untidyStore();
    store.objects.set(keys.datasetIndex('food', version), Buffer.from('cut'));
    const { garbage, notes } = await findGarbage(store, aWeekAgo());
    expect(namesOf(garbage, 'unreferenced')).toEqual([]);
    expect(notes.join()).toContain('the index of a data set does not read');
  });
});

test('a collection that is killed after any number of changes leaves every receipt as it was', async () => {
  let changes = 0;
  for (let isKilled = true; isKilled; changes++) {
    const { store, version } = await untidyStore();
    const before = await receiptOf(store, version);
    const findings = await findGarbage(store, aWeekAgo());
    isKilled = await deleteGarbage(dyingStore(store, changes), findings).then(
      () => false,
      () => true,
    );
    expect(await receiptOf(store, version)).toEqual(before);
    expect(await danglingShards(store)).toEqual([]);
    expect(await danglingPlans(store, 'ended')).toEqual([]);
    age(store, 30);
    await collect(store);
    expect(await receiptOf(store, version)).toEqual(before);
    expect((await findGarbage(store, aWeekAgo())).garbage).toEqual([]);
  }
  expect(changes).toBeGreaterThan(8);
});

test('whatever shards there are, receipts stay equal and no feature of a version is lost', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.uniqueArray(fc.constantFrom(...IMAGES), { minLength: 1 }), fc.nat(2)), {
        maxLength: 7,
      }),
      fc.array(fc.uniqueArray(fc.constantFrom(...IMAGES), { minLength: 1 }), { maxLength: 2 }),
      fc.nat(7),
      async (shards, versions, covered) => {
        const store = new MemoryStore();
        for (const [at, [images, salt]] of shards.entries()) {
          // The first of two shards of one name stays.
          await storeShard(store, images, salt).catch(() => undefined);
          if (at === covered) await refreshSegments(store, FINGERPRINT);
        }
        const names = await Promise.all(versions.map((images) => storeVersion(store, images)));
        const before = await Promise.all(names.map((version) => receiptOf(store, version)));
        age(store, 30);
        await collect(store);
        expect(await Promise.all(names.map((version) => receiptOf(store, version)))).toEqual(before);
        expect(await danglingShards(store)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  ));

test('temporary files of a folder go when they are old; objects and young ones stay', async () => {
  const root = await temporaryFolder();
  const store = createFileStore(root);
  const version = await storeVersion(store, ['a', 'b']);
  const shard = await storeShard(store, ['a', 'b']);
  await mkdir(join(root, '.graft-tmp'), { recursive: true });
  for (const name of ['old', 'young']) await writeFile(join(root, '.graft-tmp', name), 'half');
  const monthAgo = new Date(Date.now() - 30 * DAY_MS);
  await utimes(join(root, '.graft-tmp', 'old'), monthAgo, monthAgo);
  const before = await receiptOf(store, version);
  const { garbage } = await deleteGarbage(store, await findGarbage(store, aWeekAgo()));
  expect(garbage.map(({ kind, name, size }) => [kind, name, size])).toEqual([
    ['unfinished', '.graft-tmp/old', 4],
  ]);
  expect(await readdir(join(root, '.graft-tmp'))).toEqual(['young']);
  expect(await store.head(shardKey(shard))).toBeDefined();
  expect(await receiptOf(store, version)).toEqual(before);
});

test('a store that may not list its uploads is collected all the same', async () => {
  const { store, damaged } = await untidyStore();
  const refusing = Object.assign(store, {
    // eslint-disable-next-line require-yield -- it is refused before it lists anything
    async *unfinished() {
      await Promise.resolve();
      throw new StoreRefused('access was denied');
    },
  });
  const { garbage, notes } = await findGarbage(refusing, aWeekAgo());
  expect(namesOf(garbage, 'damaged')).toEqual([damaged]);
  expect(notes).toEqual(['Unfinished uploads were not looked for: access was denied']);
});
