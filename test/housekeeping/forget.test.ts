import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fc } from '../support/properties.js';
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { readManifest } from '../../dataset/dataset-store.js';
import { decodeListing } from '../../dataset/listing-file.js';
import { loadFeatureIndex } from '../../features/feature-index.js';
import { listObjects } from '../../features/list-objects.js';
import { loadFeatures } from '../../features/load-features.js';
import { writeCrash, writeRefusal } from '../../features/refusals.js';
import { refreshSegments } from '../../features/segments.js';
import { forgetImage } from '../../housekeeping/forget-image.js';
import { findKnowingRuns } from '../../housekeeping/knowing-runs.js';
import { nameImage } from '../../housekeeping/name-image.js';
import { readLearntPictures } from '../../registry/learnt-pictures.js';
import { readLastRun } from '../../runs/last-run.js';
import { createFileStore } from '../../storage/file-store.js';
import { keys } from '../../storage/keys.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { dyingStore } from '../support/dying-store.js';
import { FINGERPRINT, featureOf, imageHash, storeShard } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { pictureRow, receiptOf, storeListing, storeRun, storeVersion } from './aged-store.js';

const SECRET = 'my secret lunch';
const OTHERS = ['a', 'b', 'c', 'd'];
const IMAGES = [SECRET, 'a', 'b', 'c', 'd', 'e'];

const failed = (message: string) => ({ status: 'failed', cause: { type: 'FeatureMissing', message } });

/** A store that knows the secret picture in every way there is. */
async function storeThatKnows(
  store: ObjectStore,
): Promise<{ readonly version: string; readonly without: string }> {
  const sha256 = imageHash(SECRET);
  await storeShard(store, [SECRET, 'a', 'b'], 1);
  await storeShard(store, ['b', 'c', SECRET], 2);
  await storeShard(store, ['a', 'c', 'd'], 3);
  await refreshSegments(store, FINGERPRINT);
  await storeShard(store, [SECRET], 4);
  await store.putIfAbsent(
    keys.damagedShard(FINGERPRINT, '0'.repeat(64), '1'.repeat(64)),
    Buffer.from(sha256),
  );
  await writeRefusal(store, FINGERPRINT, { sha256, reason: 'was refused once' });
  await writeCrash(store, { fingerprint: FINGERPRINT, engine: 'tfjs', sha256 });
  const version = await storeVersion(store, [...OTHERS, SECRET]);
  const other = await storeVersion(store, [SECRET, 'd'], { dataset: 'meals' });
  await storeVersion(store, ['a'], { dataset: 'refusing', refused: [SECRET, 'r'] });
  await storeListing(store, ['a', SECRET, 'b', 'd']);
  await store.replace(keys.sourceListing('food', 'b'.repeat(64)), Buffer.from(`{"cut":"${sha256}`));
  const completed = { status: 'completed', dataset: 'food', version, model: 'm'.repeat(64) };
  await storeRun(store, 'knew', { images: [SECRET, 'a'], ended: completed });
  await storeRun(store, 'other', { dataset: 'elsewhere', ended: { ...completed, dataset: 'elsewhere' } });
  await storeRun(store, 'failed', { dataset: 'meals', ended: failed(`image ${sha256} has no feature`) });
  const picture = { sha256, key: pictureRow(SECRET).key };
  await store.replace(
    keys.runBatch('failed', 'training-0000'),
    Buffer.from(JSON.stringify({ images: [picture] })),
  );
  for (const runId of ['knew', 'other']) await store.replace(keys.runReport(runId), Buffer.from('<img>'));
  await store.replace(keys.runReceipt('knew'), Buffer.from('{}'));
  // What data checks found names the picture in one file, and goes whole: each is about the others.
  await store.replace(keys.runChecks('knew'), Buffer.from('{}'));
  await store.replace(keys.runSuspects('knew'), Buffer.from(`${picture.key},food\n`));
  await store.replace(keys.runNearDuplicates('knew'), Buffer.from(`[["${sha256}","${imageHash('a')}"]]`));
  await store.replace(keys.runChecks('other'), Buffer.from('{}'));
  const lineage = { dataset: 'meals', version: other, contentHash: 'c'.repeat(64) };
  const last = {
    runId: 'knew',
    finishedAt: '2026-01-02T03:04:05.000Z',
    model: 'm'.repeat(64),
    backbone: 'b',
    lineage,
  };
  await store.replace(keys.lastRun('meals'), Buffer.from(JSON.stringify(last)));
  const scratch = new MemoryStore();
  return { version, without: await storeVersion(scratch, OTHERS) };
}

async function forget(store: ObjectStore, reference: string = imageHash(SECRET), keepReports = false) {
  const traces = await nameImage(store, reference);
  const { knowing, open } = await findKnowingRuns(store, traces);
  await forgetImage(store, traces, knowing, { keepReports });
  return { traces, knowing, open };
}

/** Objects in whose key or bytes something of the picture is left. */
async function remains(store: ObjectStore): Promise<readonly string[]> {
  const sha256 = imageHash(SECRET);
  const vectors = [1, 2, 3, 4].map((salt) => Buffer.from(featureOf(SECRET, salt).buffer));
  const signs = [sha256, sha256.slice(0, 12), SECRET, ...vectors];
  const found: string[] = [];
  for (const { key } of await listObjects(store, '')) {
    const bytes = Buffer.concat([Buffer.from(key), Buffer.from(await store.get(key))]);
    if (signs.some((sign) => bytes.includes(sign))) found.push(key);
  }
  return found;
}

/** The features that count, of all but the secret. */
async function featuresOfOthers(store: ObjectStore): Promise<Readonly<Record<string, string>>> {
  const index = await loadFeatureIndex(store, FINGERPRINT);
  const others = IMAGES.slice(1)
    .map(imageHash)
    .filter((sha256) => index.has(sha256));
  await loadFeatures(store, FINGERPRINT, index, others);
  return Object.fromEntries(others.map((sha256) => [sha256, index.get(sha256)?.featureSha256 ?? '']));
}

describe('a forgotten picture', () => {
  test('leaves nothing in any object of a store, and others keep their features', async () => {
    for (const store of [new MemoryStore(), createFileStore(await temporaryFolder())]) {
      const { version, without } = await storeThatKnows(store);
      expect(await remains(store)).toHaveLength(19);
      const before = await featuresOfOthers(store);
      await forget(store);
      expect(await remains(store)).toEqual([]);
      expect(await featuresOfOthers(store)).toEqual(before);
      expect(await listObjects(store, keys.datasetVersion('food', version))).toEqual([]);
      expect((await receiptOf(store, without)).features).toBe(4);
      await expect(nameImage(store, imageHash(SECRET))).rejects.toThrow('Nothing in');
    }
  });

  test('leaves versions as a run over the other pictures would write them', async () => {
    const store = new MemoryStore();
    const { without } = await storeThatKnows(store);
    await forget(store);
    const scratch = new MemoryStore();
    await storeVersion(scratch, OTHERS);
    for (const [key, bytes] of scratch.objects) expect(Buffer.compare(await store.get(key), bytes)).toBe(0);
    expect(await readManifest(store, 'food', without)).toMatchObject({ images: 4, version: without });
    const [refusing] = await listObjects(store, 'datasets/refusing/versions/');
    const version = refusing?.key.split('/')[3] ?? '';
    expect(await readManifest(store, 'refusing', version)).toMatchObject({ images: 1, quarantined: 1 });
  });

  test('leaves models able to tell what else they learnt from, also after another one', async () => {
    const store = new MemoryStore();
    const { version } = await storeThatKnows(store);
    await forget(store);
    await forget(store, imageHash('a'));
    const learnt = await readLearntPictures(store, 'food', version);
    expect([...(learnt ?? [])].toSorted()).toEqual(['b', 'c', 'd'].map(imageHash).toSorted());
  });

  test('is gone from the runs that knew it, which are named; receipts and other runs stay', async () => {
    const store = new MemoryStore();
    await storeThatKnows(store);
    const { knowing, open } = await forget(store);
    expect(open).toEqual([]);
    expect(knowing.map(({ runId, dataset }) => [runId, dataset]).toSorted()).toEqual([
      ['failed', 'meals'],
      ['knew', 'food'],
    ]);
    expect(store.objects.has(keys.runReport('knew'))).toBe(false);
    expect(store.objects.has(keys.runReport('other'))).toBe(true);
    for (const key of [keys.runChecks('knew'), keys.runSuspects('knew'), keys.runNearDuplicates('knew')])
      expect(store.objects.has(key)).toBe(false);
    expect(store.objects.has(keys.runChecks('other'))).toBe(true);
    expect(store.objects.has(keys.runReceipt('knew'))).toBe(true);
    expect(JSON.parse(Buffer.from(await store.get(keys.runPlan('knew'))).toString())).toMatchObject({
      images: 2,
      segments: [],
    });
    expect(Buffer.from(await store.get(keys.runOutcome('failed'))).toString()).toContain(
      'image (forgotten) has no',
    );
  });

  test('is gone from the listings of sources, which keep the others; one that does not read goes', async () => {
    const store = new MemoryStore();
    await storeThatKnows(store);
    await forget(store);
    const [listing, ...others] = await listObjects(store, 'datasets/food/sources/');
    const bytes = await store.get(listing?.key ?? '');
    expect(others).toEqual([]);
    const left = (await decodeListing(bytes))?.pictures.map(({ path }) => path);
    expect(left).toEqual(['food/a.jpg', 'food/b.jpg', 'food/d.jpg']);
  });

  test('is found where nothing but a listing knows it', async () => {
    const store = new MemoryStore();
    const key = await storeListing(store, ['a', SECRET]);
    await storeRun(store, 'failed', { ended: failed(`"food/${SECRET}.jpg" in ./food cannot be read`) });
    const { traces, knowing } = await forget(store);
    expect(traces.listings).toEqual([{ dataset: 'food', key, paths: [`food/${SECRET}.jpg`] }]);
    expect(knowing.map(({ runId }) => runId)).toEqual(['failed']);
    expect(await remains(store)).toEqual([]);
  });

  test('stays in reports where that is asked for', async () => {
    const store = new MemoryStore();
    await storeThatKnows(store);
    await forget(store, imageHash(SECRET), true);
    expect(store.objects.has(keys.runReport('knew'))).toBe(true);
  });

  test('leaves the last run with a version that is there, and a lineage that no later run has', async () => {
    const store = new MemoryStore();
    await storeThatKnows(store);
    await forget(store);
    const last = await readLastRun(store, 'meals');
    const { version, contentHash } = last?.lineage as { version: string; contentHash: string };
    expect(contentHash).toBe('');
    expect((await readManifest(store, 'meals', version)).images).toBe(1);
  });
});

/** A run over three pictures of which the first was forgotten since: its version is gone, what it wrote of another is there. */
async function storeAfterAnother(store: ObjectStore, keepReports = true): Promise<void> {
  const sha256 = imageHash(SECRET);
  const version = await storeVersion(store, ['first', SECRET, 'b']);
  await storeShard(store, ['first', SECRET, 'b'], 1);
  await storeListing(store, ['first', SECRET, 'b']);
  const ended = { status: 'completed', dataset: 'food', version, model: 'm'.repeat(64) };
  await storeRun(store, 'knew', { ended });
  await store.replace(keys.runChecks('knew'), Buffer.from(`{"examples":["${sha256}"]}`));
  await store.replace(keys.runSuspects('knew'), Buffer.from(`${pictureRow(SECRET).key},food\n`));
  await store.replace(keys.runReport('knew'), Buffer.from(`<img alt="${SECRET}">`));
  await storeRun(store, 'other', { dataset: 'elsewhere', ended: { ...ended, dataset: 'elsewhere' } });
  await store.replace(keys.runReport('other'), Buffer.from('<img>'));
  await forget(store, imageHash('first'), keepReports);
}

describe('a picture of a version that forgetting another one has replaced', () => {
  test('is gone from what its run found, and from the report that was kept then', async () => {
    const store = new MemoryStore();
    await storeAfterAnother(store);
    expect(store.objects.has(keys.runReport('knew'))).toBe(true);
    const { knowing } = await forget(store);
    expect(knowing).toMatchObject([
      { runId: 'knew', model: 'm'.repeat(64), use: 'trained', hasReport: true },
    ]);
    expect(await remains(store)).toEqual([]);
    expect(store.objects.has(keys.runReport('knew'))).toBe(false);
    expect(store.objects.has(keys.runReport('other'))).toBe(true);
  });

  test('is gone from what its run found also where that run has no report any more', async () => {
    const store = new MemoryStore();
    await storeAfterAnother(store, false);
    expect(store.objects.has(keys.runReport('knew'))).toBe(false);
    expect((await forget(store)).knowing.map(({ runId }) => runId)).toEqual(['knew']);
    expect(await remains(store)).toEqual([]);
  });

  test('stays in reports alone where that is asked for', async () => {
    const store = new MemoryStore();
    await storeAfterAnother(store);
    await forget(store, imageHash(SECRET), true);
    expect(await remains(store)).toEqual([keys.runReport('knew')]);
  });

  test('is gone wherever forgetting it was killed, once it has finished', async () => {
    let changes = 0;
    for (let isKilled = true; isKilled; changes++) {
      const store = new MemoryStore();
      await storeAfterAnother(store);
      isKilled = await forget(dyingStore(store, changes)).then(
        () => false,
        () => true,
      );
      if (isKilled) await forget(store);
      expect(await remains(store)).toEqual([]);
    }
    expect(changes).toBeGreaterThan(10);
  });

  test('may be known to a run of which no version tells: its report goes, and those of other data sets stay', async () => {
    const store = new MemoryStore();
    await storeAfterAnother(store);
    for (const { key } of await listObjects(store, 'datasets/food/successors/')) await store.delete(key);
    const { knowing } = await forget(store);
    expect(knowing).toMatchObject([{ runId: 'knew', use: 'unknown' }]);
    expect(await remains(store)).toEqual([]);
    expect(store.objects.has(keys.runReport('other'))).toBe(true);
  });

  test('leaves alone a later run of a version that does not hold it', async () => {
    const store = new MemoryStore();
    await storeAfterAnother(store);
    const version = await storeVersion(store, ['b', 'c']);
    await storeRun(store, 'later', {
      ended: { status: 'completed', dataset: 'food', version, model: 'n'.repeat(64) },
    });
    await store.replace(keys.runReport('later'), Buffer.from('<img>'));
    expect((await forget(store)).knowing.map(({ runId }) => runId)).toEqual(['knew']);
    expect(store.objects.has(keys.runReport('later'))).toBe(true);
  });
});

test.each([
  ['training', 'trained'],
  ['validation', 'trained'],
  ['evaluation', 'evaluated'],
] as const)('a model has been what a picture of the %s split is for: %s', async (split, use) => {
  const store = new MemoryStore();
  const version = await storeVersion(store, ['a', SECRET], { splits: { [SECRET]: split } });
  const ended = { status: 'completed', dataset: 'food', version, model: 'm'.repeat(64) };
  await storeRun(store, 'knew', { ended });
  expect((await forget(store)).knowing).toMatchObject([{ runId: 'knew', use }]);
});

test('a model has learnt nothing of a picture that was refused', async () => {
  const store = new MemoryStore();
  const version = await storeVersion(store, ['a'], { refused: [SECRET] });
  const ended = { status: 'completed', dataset: 'food', version, model: 'm'.repeat(64) };
  await storeRun(store, 'knew', { ended });
  expect((await forget(store)).knowing).toMatchObject([{ runId: 'knew', use: 'refused' }]);
});

test('a picture that no version or listing holds is gone from the cause of a failed run of its data set', async () => {
  const store = new MemoryStore();
  const { key } = pictureRow(SECRET);
  await store.putIfAbsent(key, Buffer.from(SECRET));
  await storeRun(store, 'failed', { ended: failed(`${key} cannot be read`) });
  await forget(store);
  expect(await remains(store)).toEqual([]);
});

test('forgetting that is killed after any number of changes loses no other feature, and goes on', async () => {
  let changes = 0;
  for (let isKilled = true; isKilled; changes++) {
    const store = new MemoryStore();
    await storeThatKnows(store);
    const before = await featuresOfOthers(store);
    isKilled = await forget(dyingStore(store, changes)).then(
      () => false,
      () => true,
    );
    expect(await featuresOfOthers(store)).toEqual(before);
    if (isKilled) {
      expect(await remains(store)).not.toEqual([]);
      await forget(store);
    }
    expect(await remains(store)).toEqual([]);
    expect(await featuresOfOthers(store)).toEqual(before);
  }
  expect(changes).toBeGreaterThan(25);
});

test('whatever shards share pictures, the features that count of the others stay', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.uniqueArray(fc.constantFrom(...IMAGES), { minLength: 1 }),
          fc.integer({ min: 1, max: 4 }),
        ),
        {
          maxLength: 8,
        },
      ),
      fc.nat(8),
      fc.nat(30),
      async (shards, covered, changes) => {
        const store = new MemoryStore();
        for (const [at, [images, salt]] of shards.entries()) {
          await storeShard(store, images, salt).catch(() => undefined);
          if (at === covered) await refreshSegments(store, FINGERPRINT);
        }
        await storeVersion(store, IMAGES);
        const before = await featuresOfOthers(store);
        await forget(dyingStore(store, changes)).catch(() => undefined);
        expect(await featuresOfOthers(store)).toEqual(before);
        await forget(store).catch(() => undefined);
        expect(await featuresOfOthers(store)).toEqual(before);
        expect(await remains(store)).toEqual([]);
      },
    ),
    { numRuns: 80 },
  ));

describe('a picture is named', () => {
  test('by its SHA-256, 12 digits of it, its key or its file', async () => {
    const store = new MemoryStore();
    await storeThatKnows(store);
    const sha256 = imageHash(SECRET);
    const file = join(await temporaryFolder(), 'lunch.jpg');
    await writeFile(file, SECRET);
    for (const reference of [sha256, sha256.slice(0, 12), sha256.toUpperCase(), pictureRow(SECRET).key, file])
      expect((await nameImage(store, reference)).sha256).toBe(sha256);
  });

  test.each([
    ['too few digits', imageHash(SECRET).slice(0, 11), 'expected at least 12 digits, received 11'],
    ['an unknown hash', 'e'.repeat(64), 'Nothing in memory:// is about'],
    ['a missing file', './no-such-file.jpg', 'names no picture'],
    ['a missing key', 'datasets/food/images/training/food/none.jpg', 'There is no'],
    ['a key that is no picture', 'datasets/food/versions/v/index.parquet', 'is no picture'],
  ])('%s is refused with one sentence, and nothing changes', async (_, reference, sentence) => {
    const store = new MemoryStore();
    await storeThatKnows(store);
    store.changes.length = 0;
    await expect(forget(store, reference)).rejects.toThrow(BadInput);
    await expect(forget(store, reference)).rejects.toThrow(sentence);
    expect(store.changes).toEqual([]);
  });

  test('a beginning that several share is refused with all of them', async () => {
    const store = new MemoryStore();
    const [one, other] = ['0123456789ab'.padEnd(64, '0'), '0123456789ab'.padEnd(64, '1')];
    for (const sha256 of [one, other]) await writeRefusal(store, FINGERPRINT, { sha256, reason: 'is a GIF' });
    await expect(nameImage(store, '0123456789ab')).rejects.toThrow(`2 pictures: ${one}, ${other}.`);
    expect((await nameImage(store, one)).quarantine).toEqual([keys.refusal(FINGERPRINT, one)]);
  });
});
