import { fc } from '../support/properties.js';
import { describe, expect, test } from 'vitest';
import { decodeListing, encodeListing } from '../../dataset/listing-file.js';
import { restructure, type RestructureOptions } from '../../dataset/restructure.js';
import { keys } from '../../storage/keys.js';
import { MemoryStore } from '../support/memory-store.js';
import { smallDataset, tinyJpeg } from './pictures.js';
import { stamped, type StampedFile, stampedSource } from './stamped-source.js';

type Files = Readonly<Record<string, StampedFile>>;

/** Restructures, and tells also which files were read. */
async function run(files: Files, store: MemoryStore, options: Partial<RestructureOptions> = {}) {
  const paths: string[] = [];
  const source = stampedSource(files, { read: paths });
  const result = await restructure({ source, store, name: 'icons', ...options });
  expect(result.read).toBe(paths.length);
  return { ...result, read: paths };
}

const listingKey = (store: MemoryStore): string =>
  [...store.objects.keys()].find((key) => key.startsWith('datasets/icons/sources/')) ?? '';

const versionBytes = (store: MemoryStore, version: string) =>
  [...store.objects].filter(([key]) => key.startsWith(keys.datasetVersion('icons', version)));

/** With one picture that is refused, which must be no more than a hundredth. */
const FILES = stamped({ ...smallDataset(20), 'training/food/bad.jpg': Buffer.from('GIF89a') });

describe('a source that was listed', () => {
  test('is not read again, and gives the same version with the same refusals', async () => {
    const store = new MemoryStore();
    const first = await run(FILES, store);
    expect(first).toMatchObject({ written: 120, present: 0, unread: 0 });
    expect(first.read).toHaveLength(121);
    const changes = store.changes.length;
    const second = await run(FILES, store);
    expect(second).toMatchObject({ written: 0, present: 120, unread: 121, read: [] });
    expect(second.manifest).toEqual(first.manifest);
    expect(second.rows).toEqual(first.rows);
    expect(second.quarantined).toEqual(first.quarantined);
    expect(store.changes.length).toBe(changes);
  });

  test('is read where a file is new, has another state, another size, or none that can be told', async () => {
    const store = new MemoryStore();
    await run(FILES, store);
    const bytes = tinyJpeg('changed');
    const { read, unread } = await run(
      {
        ...FILES,
        'training/food/0.jpg': { bytes, stamp: '2' },
        'training/food/1.jpg': { bytes: tinyJpeg('longer than it was'), stamp: '1' },
        'training/food/2.jpg': { bytes },
        'training/food/new.jpg': { bytes: tinyJpeg('new'), stamp: '1' },
      },
      store,
    );
    expect(read.toSorted()).toEqual(['0', '1', '2', 'new'].map((name) => `training/food/${name}.jpg`));
    expect(unread).toBe(118);
  });

  test('is read as a whole where that is asked for, whatever its stamps say', async () => {
    const store = new MemoryStore();
    const first = await run(FILES, store);
    const liar = { ...FILES, 'training/food/0.jpg': { bytes: tinyJpeg('training food X'), stamp: '1' } };
    expect((await run(liar, store)).manifest.version).toBe(first.manifest.version);
    const forced = await run(liar, store, { rehash: true });
    expect(forced.read).toHaveLength(121);
    expect(forced.unread).toBe(0);
    expect(forced.manifest.version).not.toBe(first.manifest.version);
    expect(await run(liar, store)).toMatchObject({ read: [], manifest: forced.manifest });
  });

  test('has a picture read that the store has lost, and put back', async () => {
    const store = new MemoryStore();
    const { rows } = await run(FILES, store);
    await store.delete(rows[7]?.key ?? '');
    expect(await run(FILES, store)).toMatchObject({ written: 1, present: 119, unread: 120 });
  });

  test('has pictures read that another class name puts elsewhere, and only those', async () => {
    const store = new MemoryStore();
    await run(FILES, store);
    const layoutOptions = { classMap: { food: 'meal' } };
    const { manifest, read } = await run(FILES, store, { layoutOptions });
    expect(read).toHaveLength(60);
    expect(read.every((path) => path.includes('/food/'))).toBe(true);
    expect(manifest).toEqual((await run(FILES, new MemoryStore(), { layoutOptions })).manifest);
  });

  test('is forgotten where it is another source of the same data set', async () => {
    const store = new MemoryStore();
    await run(FILES, store);
    const read: string[] = [];
    const source = stampedSource(FILES, { read, identity: 'another' });
    await restructure({ source, store, name: 'icons' });
    expect(read).toHaveLength(121);
  });

  test('counts its refusals as one that is read, and keeps its listing where there are too many', async () => {
    const bad = Object.fromEntries(
      [0, 1, 2].map((n) => [`training/food/bad${n}.jpg`, { bytes: Buffer.from('GIF89a'), stamp: '1' }]),
    );
    const store = new MemoryStore();
    await run({ ...FILES, ...bad }, store, { maxBadImageRate: 0.1 });
    const before = store.objects.get(listingKey(store));
    const refusal = await run({ ...FILES, ...bad }, store).catch(String);
    expect(refusal).toContain('4 of 124 pictures are bad');
    expect(refusal).toBe(await run({ ...FILES, ...bad }, new MemoryStore()).catch(String));
    expect(store.objects.get(listingKey(store))).toEqual(before);
  });

  test('is judged anew under another limit', async () => {
    const store = new MemoryStore();
    await run(FILES, store);
    const { read, unread } = await run(FILES, store, { maxPixels: 1_000 });
    expect([read.length, unread]).toEqual([121, 0]);
    expect((await run(FILES, store, { maxPixels: 1_000 })).read).toEqual([]);
  });
});

test('a listing that is damaged or gone costs reading, and is whole again afterwards', async () => {
  const store = new MemoryStore();
  const { manifest } = await run(FILES, store);
  const key = listingKey(store);
  const whole = store.objects.get(key) ?? new Uint8Array();
  const damages = [
    undefined,
    new Uint8Array(),
    whole.subarray(0, -1),
    Buffer.from('{}\n'),
    Buffer.from('\n'),
  ];
  for (const damaged of damages) {
    if (damaged === undefined) store.objects.delete(key);
    else store.objects.set(key, damaged);
    expect(await run(FILES, store)).toMatchObject({ unread: 0, manifest });
    expect(store.objects.get(key)).toEqual(whole);
  }
});

test('a listing with any byte changed gives its own pictures or none', async () => {
  const pictures = [
    {
      ...{ path: 'a/ü\n.jpg', stamp: '1.2.3', sha256: 'a'.repeat(64), bytes: 7 },
      ...{ width: 1, height: 2, extension: 'png' as const },
    },
    { path: 'b/2.jpg', stamp: '4', sha256: 'b'.repeat(64), bytes: 0, reason: 'is empty (0 bytes)' },
  ];
  const bytes = await encodeListing({ source: 'a test', rules: '1', pictures });
  expect(await decodeListing(bytes)).toEqual({ source: 'a test', rules: '1', pictures });
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ bits;
      const listing = await decodeListing(changed);
      expect(listing?.pictures ?? pictures).toEqual(pictures);
    }),
    { numRuns: 500 },
  );
});

test('a long listing is written and read with pauses for heartbeats', async () => {
  const pictures = Array.from({ length: 20_500 }, (_, number) => ({
    ...{ path: `food/${number}.jpg`, stamp: '1', sha256: 'a'.repeat(64), bytes: 7 },
    ...{ width: 1, height: 2, extension: 'jpg' as const },
  }));
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const bytes = await encodeListing({ source: 'a test', rules: '1', pictures });
  const written = turns;
  expect(written).toBeGreaterThanOrEqual(20);
  expect(await decodeListing(bytes)).toEqual({ source: 'a test', rules: '1', pictures });
  isOver = true;
  expect(turns - written).toBeGreaterThanOrEqual(20);
});

const PATHS = ['training', 'validation', 'evaluation'].flatMap((split) =>
  ['food', 'non_food'].flatMap((name) => ['0', '1', '2', '3'].map((n) => `${split}/${name}/${n}.jpg`)),
);
/** Contents of one size, so that the size gives nothing away; the last is no picture. */
const CONTENTS = [...[1, 2, 3, 4].map((n) => tinyJpeg(n)), Buffer.alloc(tinyJpeg(1).length, 'GIF89a')];

const edit = fc.record({
  kind: fc.constantFrom('write', 'remove', 'rename', 'touch'),
  path: fc.constantFrom(...PATHS),
  other: fc.constantFrom(...PATHS),
  content: fc.constantFrom(...CONTENTS),
});
const round = fc.record({ edits: fc.array(edit, { maxLength: 6 }), relabels: fc.boolean() });

test('after any edits a run gives what a run gives that reads everything', () =>
  fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 5 }), async (rounds) => {
      const [listed, rehashed] = [new MemoryStore(), new MemoryStore()];
      const begun = Object.entries(smallDataset(2));
      let files: Record<string, StampedFile> = Object.fromEntries(
        begun.map(([path, bytes], number) => [path, { bytes, stamp: String(number) }]),
      );
      let state = begun.length;
      for (const { edits, relabels } of rounds) {
        for (const { kind, path, other, content } of edits) {
          const { [path]: file, ...others } = files;
          state++;
          if (kind === 'write') files = { ...files, [path]: { bytes: content, stamp: String(state) } };
          if (kind === 'remove') files = others;
          if (kind === 'rename' && file !== undefined) files = { ...others, [other]: file };
          if (kind === 'touch' && file !== undefined)
            files = { ...files, [path]: { ...file, stamp: String(state) } };
        }
        const options = {
          maxBadImageRate: 0.3,
          layoutOptions: relabels ? { classMap: { food: 'meal' } } : {},
        };
        const quick = await run(files, listed, options).catch(String);
        const slow = await run(files, rehashed, { ...options, rehash: true }).catch(String);
        if (typeof quick === 'string' || typeof slow === 'string') {
          expect(quick).toBe(slow);
          continue;
        }
        expect(quick.rows).toEqual(slow.rows);
        expect(quick.quarantined).toEqual(slow.quarantined);
        const { version } = slow.manifest;
        expect(versionBytes(listed, version)).toEqual(versionBytes(rehashed, version));
        expect(listed.objects.get(listingKey(listed))).toEqual(rehashed.objects.get(listingKey(rehashed)));
      }
    }),
    { numRuns: 60 },
  ));

test('cancelling is noticed also while nothing has to be read', async () => {
  const store = new MemoryStore();
  await run(FILES, store);
  const controller = new AbortController();
  const source = stampedSource(FILES);
  const cancelling = {
    ...source,
    files: async function* () {
      yield* source.files();
      setImmediate(() => controller.abort(new Error('enough')));
    },
  };
  const { signal } = controller;
  await expect(restructure({ source: cancelling, store, name: 'icons', signal })).rejects.toThrow('enough');
});
