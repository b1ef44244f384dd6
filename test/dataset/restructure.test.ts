import { createHash } from 'node:crypto';
import { fc } from '../support/properties.js';
import { describe, expect, test } from 'vitest';
import { readIndex, readManifest, readQuarantine } from '../../dataset/dataset-store.js';
import { restructure, type RestructureOptions } from '../../dataset/restructure.js';
import type { DatasetSource } from '../../dataset/source.js';
import { openZipSource } from '../../dataset/zip-source.js';
import { BadInput } from '../../errors/graft-error.js';
import { createFileStore } from '../../storage/file-store.js';
import { MemoryStore } from '../support/memory-store.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { memorySource } from './memory-source.js';
import { smallDataset, tinyJpeg } from './pictures.js';

type Files = Readonly<Record<string, Uint8Array>>;

const run = (files: Files, store = new MemoryStore(), options: Partial<RestructureOptions> = {}) =>
  restructure({ source: memorySource(files), store, name: 'icons', ...options });

const versionObjects = (store: MemoryStore) =>
  [...store.objects.keys()].filter((key) => key.includes('/versions/'));

const without = (files: Files, part: string): Files =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !path.includes(part)));

test('pictures, index, quarantine and manifest are written, the manifest last', async () => {
  const store = new MemoryStore();
  const files = {
    ...smallDataset(60),
    'training/food/bad.jpg': Buffer.from('GIF89a'),
    'README.md': Buffer.from('x'),
  };
  const result = await run(files, store, { licence: 'CC0', positive: 'food' });
  const { version } = result.manifest;

  expect(result).toMatchObject({ written: 360, present: 0, notPictures: 1, outside: [] });
  expect(result.manifest).toMatchObject({
    name: 'icons',
    classes: ['food', 'non_food'],
    positive: 'food',
    counts: { training: { food: 60, non_food: 60 }, validation: { food: 60 }, evaluation: { non_food: 60 } },
    images: 360,
    quarantined: 1,
    source: 'memory',
    licence: 'CC0',
  });
  expect(result.quarantined).toMatchObject([
    {
      path: 'training/food/bad.jpg',
      split: 'training',
      class: 'food',
      bytes: 6,
      reason: 'is a GIF, expected JPEG, PNG or WebP',
    },
  ]);
  expect(store.changes.at(-1)).toBe(`datasets/icons/versions/${version}/dataset.json`);
  for (const row of result.rows) expect(store.objects.get(row.key)?.byteLength).toBe(row.bytes);
});

test('what was written is read back as it was', async () => {
  const store = new MemoryStore();
  const { manifest, rows, quarantined } = await run(
    { ...smallDataset(60), 'training/food/x.jpg': Buffer.alloc(0) },
    store,
  );
  expect(await readIndex(store, 'icons', manifest.version)).toEqual(rows);
  expect(await readQuarantine(store, 'icons', manifest.version)).toEqual(quarantined);
  expect(await readManifest(store, 'icons', manifest.version)).toEqual(manifest);
});

test('the key of a picture names split, class, file and content, and its real format', async () => {
  const { rows } = await run({ ...smallDataset(), 'training/food/a b.png': tinyJpeg('x') });
  const row = rows.find(({ key }) => key.includes('a_b'));
  expect(row?.key).toMatch(
    new RegExp(
      `^datasets/icons/images/training/food/a_b-[0-9a-f]{8}\\.${row?.sha256.slice(0, 12) ?? ''}\\.jpg$`,
    ),
  );
});

test('a second time nothing is written, and the version is the same', async () => {
  const store = new MemoryStore();
  const first = await run(smallDataset(), store);
  const changes = store.changes.length;
  const second = await run(smallDataset(), store);
  expect(second).toMatchObject({ written: 0, present: 18, manifest: first.manifest });
  expect(store.changes.length).toBe(changes);
});

test('more pictures write only themselves', async () => {
  const store = new MemoryStore();
  await run(smallDataset(3), store);
  expect(await run(smallDataset(4), store)).toMatchObject({ written: 6, present: 18 });
});

test('the version depends on the pictures, not on their order or how many are in flight', async () => {
  const files = smallDataset();
  const { manifest } = await run(files);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(Object.entries(files), { minLength: 18 }),
      fc.integer({ min: 1, max: 40 }),
      async (shuffled, concurrency) => {
        const other = await run(Object.fromEntries(shuffled), new MemoryStore(), { concurrency });
        expect(other.manifest).toEqual(manifest);
      },
    ),
    { numRuns: 20 },
  );
  const changed = await run({ ...files, 'training/food/0.jpg': tinyJpeg('another') });
  expect(changed.manifest.version).not.toBe(manifest.version);
});

test('the version of known pictures never changes: it is documented, and names objects that exist', async () => {
  const { manifest } = await run(smallDataset());
  expect(manifest.version).toMatchInlineSnapshot(
    `"e9266a67f59059aa8abc6400700d1c16b7c5c2b0f254668480445ec34a21fc94"`,
  );
});

test('identical pictures under two names are two rows, under one name and with two endings one', async () => {
  const files = smallDataset();
  const twin = files['training/food/0.jpg'] ?? new Uint8Array();
  const { rows } = await run({ ...files, 'training/food/twin.jpg': twin, 'training/food/0.jpeg': twin });
  const sha256 = createHash('sha256').update(twin).digest('hex');
  const twins = rows.filter((row) => row.sha256 === sha256).map(({ key }) => key.split('/').at(-1));
  expect(twins).toEqual([`0.${sha256.slice(0, 12)}.jpg`, `twin.${sha256.slice(0, 12)}.jpg`]);
  expect(rows.length).toBe(19);
});

test('<class>/<file> is split by content, and pictures that are added move no other', async () => {
  const some = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`${n % 2 === 0 ? 'cat' : 'dog'}/${n}.jpg`, tinyJpeg(n)]),
    );
  const before = await run(some(60));
  const after = await run(some(90));
  const splits = new Map(after.rows.map(({ sha256, split }) => [sha256, split]));
  for (const { sha256, split } of before.rows) expect(splits.get(sha256)).toBe(split);
  expect(await run(some(60), new MemoryStore(), { layoutOptions: { seed: 1 } })).not.toMatchObject({
    manifest: { version: before.manifest.version },
  });
});

describe('bad input gets one sentence and writes no version', () => {
  const many = smallDataset(60);
  const bad = Object.fromEntries(
    Array.from({ length: 9 }, (_, n) => [`training/food/bad${n}.jpg`, Buffer.alloc(0)]),
  );
  const classes = (...names: string[]) =>
    Object.fromEntries(
      names.flatMap((name) => [0, 1].map((n) => [`${name}/${n}.jpg`, tinyJpeg(`${name}${n}`)])),
    );
  const refused: Record<string, readonly [Files, RegExp]> = {
    'no pictures': [{ 'a.txt': Buffer.from('x') }, /The source holds no pictures/],
    'one class only': [without(smallDataset(), 'non_food'), /one class only, "food"; expected at least two/],
    'one class only, without splits': [classes('cat'), /one class only, "cat"/],
    'no validation split': [
      without(smallDataset(), 'validation'),
      /The validation split has no pictures \(found: training 6, validation 0, evaluation 6\)/,
    ],
    'only a training split': [
      without(without(smallDataset(), 'validation'), 'evaluation'),
      /The validation and evaluation splits have no pictures/,
    ],
    'too few pictures to split': [
      { 'cat/1.jpg': tinyJpeg(1), 'dog/1.jpg': tinyJpeg(2) },
      /The .*splits? ha(s|ve) no pictures/,
    ],
    'a class that evaluation lacks': [
      { ...smallDataset(), 'training/other/1.jpg': tinyJpeg(1) },
      /The class "other" has no picture in the evaluation split/,
    ],
    'a class outside of training only': [
      { ...smallDataset(), 'evaluation/other/1.jpg': tinyJpeg(1) },
      /The class "other" has no picture in the training split/,
    ],
    'a class folder with a text only': [
      { ...smallDataset(), 'training/other/note.txt': Buffer.from('x') },
      /The class folder "training\/other" holds no picture/,
    ],
    'a class whose every picture is bad': [
      {
        ...smallDataset(300),
        'training/other/1.jpg': Buffer.alloc(0),
        'evaluation/other/1.jpg': Buffer.alloc(0),
      },
      /Every picture of the class "other" is bad/,
    ],
    'more than 1 % bad': [
      { ...many, ...bad },
      /^9 of 369 pictures are bad, more than maxBadImageRate allows \(1 %\): "training\/food\/bad0\.jpg" is empty \(0 bytes\);.*; and 4 more/,
    ],
  };
  test.each(Object.entries(refused))('%s', async (_, [files, sentence]) => {
    const store = new MemoryStore();
    await expect(run(files, store)).rejects.toThrow(sentence);
    await expect(run(files, store)).rejects.toThrow(BadInput);
    expect(versionObjects(store)).toEqual([]);
  });

  test('an empty class folder', async () => {
    const source = memorySource(smallDataset(), ['training/other']);
    await expect(restructure({ source, store: new MemoryStore(), name: 'x' })).rejects.toThrow(
      /The class folder "training\/other" holds no picture/,
    );
  });

  test('a positive class that is not there, before anything is written', async () => {
    const store = new MemoryStore();
    await expect(run(smallDataset(), store, { positive: 'fod' })).rejects.toThrow(
      /positive class "fod" is not in the dataset; expected one of "food", "non_food"/,
    );
    expect(store.changes).toEqual([]);
  });

  test('a higher rate lets bad pictures pass', async () => {
    const { manifest } = await run({ ...many, ...bad }, new MemoryStore(), { maxBadImageRate: 0.03 });
    expect(manifest.quarantined).toBe(9);
  });
});

/** A source that breaks when its n-th picture is read. */
function breaking(files: Files, at: number): DatasetSource {
  let reads = 0;
  const source = memorySource(files);
  return {
    ...source,
    files: async function* () {
      for await (const file of source.files())
        yield { ...file, read: () => (reads++ === at ? Promise.reject(new Error('killed')) : file.read()) };
    },
  };
}

test('killed in the middle and started again, it ends with the same version', async () => {
  const undisturbed = await run(smallDataset());
  for (const at of [0, 7, 17]) {
    const store = new MemoryStore();
    const killed = restructure({
      source: breaking(smallDataset(), at),
      store,
      name: 'icons',
      concurrency: 4,
    });
    await expect(killed).rejects.toThrow('killed');
    expect(versionObjects(store)).toEqual([]);
    const again = await run(smallDataset(), store);
    expect(again.manifest).toEqual(undisturbed.manifest);
    expect(again.written + again.present).toBe(18);
    expect(again.present).toBeGreaterThanOrEqual(Math.min(at, 14) - 3);
  }
});

test('after a failure nothing goes on in the background', async () => {
  const store = new MemoryStore();
  await expect(restructure({ source: breaking(smallDataset(), 5), store, name: 'icons' })).rejects.toThrow();
  const changes = store.changes.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(store.changes.length).toBe(changes);
});

test('an abort ends it with the reason given', async () => {
  const controller = new AbortController();
  const store = new MemoryStore();
  const aborted = run(smallDataset(), store, {
    concurrency: 1,
    signal: controller.signal,
    onProgress: ({ done }) => done === 3 && controller.abort(new Error('enough')),
  });
  await expect(aborted).rejects.toThrow('enough');
  expect(store.changes.length).toBe(3);
});

test('never more pictures are in flight than asked for, progress counts each', async () => {
  let inFlight = 0;
  let most = 0;
  const source = memorySource(smallDataset());
  const watched: DatasetSource = {
    ...source,
    files: async function* () {
      for await (const file of source.files())
        yield {
          ...file,
          read: async () => {
            most = Math.max(most, ++inFlight);
            return file.read().finally(() => inFlight--);
          },
        };
    },
  };
  const seen: number[] = [];
  await restructure({
    source: watched,
    store: new MemoryStore(),
    name: 'icons',
    concurrency: 5,
    onProgress: ({ done, total }) => seen.push(done / total),
  });
  expect(most).toBeLessThanOrEqual(5);
  expect(seen).toEqual(Array.from({ length: 18 }, (_, n) => (n + 1) / 18));
});

test('a file too large for a picture is quarantined without being read', async () => {
  const source = memorySource(smallDataset(60));
  const large: DatasetSource = {
    ...source,
    files: async function* () {
      yield* source.files();
      yield { path: 'training/food/huge.jpg', size: 2 ** 30, read: () => Promise.reject(new Error('read')) };
    },
  };
  const { quarantined } = await restructure({ source: large, store: new MemoryStore(), name: 'icons' });
  expect(quarantined).toMatchObject([
    { sha256: '', reason: 'has 1,073,741,824 bytes, more than 67,108,864' },
  ]);
});

testWith(
  [needs.shared],
  'Food-5K is restructured from its own layout, from the zip, always to the same version',
  async ([shared = '']) => {
    const source = await openZipSource(`${shared}/data/Food-5K-256.zip`, { shown: 'Food-5K-256.zip' });
    const { manifest, written, quarantined } = await restructure({
      source,
      store: new MemoryStore(),
      name: 'food-5k-256',
      layoutOptions: { classMap: { '0': 'non_food', '1': 'food' } },
      positive: 'food',
    });
    await source.close();
    expect({ written, quarantined }).toEqual({ written: 4000, quarantined: [] });
    expect(manifest).toMatchObject({
      version: '076b370bd96d7d422bebe1c39a52740b693b82b48e05539017dd0941fa7fffc9',
      counts: {
        training: { food: 1250, non_food: 1250 },
        validation: { food: 500, non_food: 500 },
        evaluation: { food: 250, non_food: 250 },
      },
    });
  },
);

test('a file store holds the pictures as files that people can look at', async () => {
  const store = createFileStore(await temporaryFolder());
  const { rows } = await restructure({ source: memorySource(smallDataset()), store, name: 'icons' });
  for (const row of rows) expect((await store.get(row.key)).byteLength).toBe(row.bytes);
  expect(await restructure({ source: memorySource(smallDataset()), store, name: 'icons' })).toMatchObject({
    written: 0,
    present: 18,
  });
});
