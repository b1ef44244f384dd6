import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import type { Sha256 } from '../../dataset/dataset.js';
import { setAsideDamagedShards } from '../../features/damaged-shards.js';
import { loadFeatureIndex } from '../../features/feature-index.js';
import { hashFeature } from '../../features/scan-features.js';
import { decodeSegment, encodeSegment } from '../../features/segment-file.js';
import { refreshSegments } from '../../features/segments.js';
import { keys } from '../../storage/keys.js';
import { FINGERPRINT, featureOf, imageHash, storeShard } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';

const shardKey = (name: Sha256) => keys.shard(FINGERPRINT, name);
const segmentKeys = (store: MemoryStore) =>
  [...store.objects.keys()].filter((key) => key.includes('/index/'));
const readsOfShards = (store: MemoryStore) => store.reads.filter((key) => key.includes('/shards/'));

test('the index says of every image where its feature is, and which', async () => {
  const store = new MemoryStore();
  const shard = await storeShard(store, ['b', 'a', 'c']);
  const index = await loadFeatureIndex(store, FINGERPRINT);
  const sorted = ['a', 'b', 'c'].map(imageHash).toSorted();
  expect(index.size).toBe(3);
  expect(index.get(imageHash('b'))).toEqual({
    shard,
    row: sorted.indexOf(imageHash('b')),
    featureSha256: hashFeature(featureOf('b')),
  });
});

test('after a refresh the segments say the same without a look at any shard', async () => {
  const store = new MemoryStore();
  await storeShard(store, ['a', 'b']);
  await storeShard(store, ['c']);
  const direct = await loadFeatureIndex(store, FINGERPRINT);
  const { features } = await refreshSegments(store, FINGERPRINT);
  expect(features).toEqual(direct);
  expect(segmentKeys(store)).toHaveLength(1);

  store.reads.length = 0;
  expect(await loadFeatureIndex(store, FINGERPRINT)).toEqual(direct);
  expect(readsOfShards(store)).toEqual([]);
});

test('a refresh writes one segment for what is new, and nothing where nothing is', async () => {
  const store = new MemoryStore();
  await storeShard(store, ['a']);
  await refreshSegments(store, FINGERPRINT);
  const fresh = await storeShard(store, ['b']);
  store.reads.length = 0;
  await refreshSegments(store, FINGERPRINT);
  expect(readsOfShards(store)).toEqual([shardKey(fresh)]);
  expect(segmentKeys(store)).toHaveLength(2);

  store.changes.length = 0;
  await refreshSegments(store, FINGERPRINT);
  expect(store.changes).toEqual([]);
});

test('many segments become one that says the same, written before the old ones go', async () => {
  const store = new MemoryStore();
  for (let number = 0; number < 16; number++) {
    await storeShard(store, [`image ${number}`]);
    await refreshSegments(store, FINGERPRINT);
  }
  expect(segmentKeys(store)).toHaveLength(16);
  const before = await loadFeatureIndex(store, FINGERPRINT);
  await storeShard(store, ['one more']);
  store.changes.length = 0;
  await refreshSegments(store, FINGERPRINT);
  expect(segmentKeys(store)).toEqual([store.changes[0]]);
  const after = await loadFeatureIndex(store, FINGERPRINT);
  expect(after.size).toBe(17);
  for (const [sha256, place] of before) expect(after.get(sha256)).toEqual(place);
});

test('of an image in several shards the feature of the smallest name wins, with segments and without', async () => {
  const store = new MemoryStore();
  const names = [await storeShard(store, ['a', 'b'], 1), await storeShard(store, ['a', 'c'], 2)].toSorted();
  expect((await loadFeatureIndex(store, FINGERPRINT)).get(imageHash('a'))?.shard).toBe(names[0]);
  await refreshSegments(store, FINGERPRINT);
  expect((await loadFeatureIndex(store, FINGERPRINT)).get(imageHash('a'))?.shard).toBe(names[0]);
  const later = await storeShard(store, ['a', 'd', 'e'], 3);
  await refreshSegments(store, FINGERPRINT);
  const smallest = [...names, later].toSorted()[0];
  expect((await loadFeatureIndex(store, FINGERPRINT)).get(imageHash('a'))?.shard).toBe(smallest);
});

test('segments are derived data: without them, or with damaged ones, the index is the same', async () => {
  const store = new MemoryStore();
  await storeShard(store, ['a', 'b']);
  const { features } = await refreshSegments(store, FINGERPRINT);
  const [segment = ''] = segmentKeys(store);
  await store.replace(segment, Buffer.from('PAR1 nonsense PAR1'));
  expect(await loadFeatureIndex(store, FINGERPRINT)).toEqual(features);
  await store.delete(segment);
  expect(await loadFeatureIndex(store, FINGERPRINT)).toEqual(features);
});

test('a shard that was deleted or cut since its segment was written is no longer counted', async () => {
  const store = new MemoryStore();
  const [gone, cut, kept] = [
    await storeShard(store, ['a']),
    await storeShard(store, ['b']),
    await storeShard(store, ['c']),
  ];
  await refreshSegments(store, FINGERPRINT);
  await store.delete(shardKey(gone));
  await store.replace(shardKey(cut), (await store.get(shardKey(cut))).subarray(0, 100));
  const { features, damaged } = await refreshSegments(store, FINGERPRINT);
  expect([...features.values()].map(({ shard }) => shard)).toEqual([kept]);
  expect(damaged).toEqual([cut]);
});

test('a damaged shard is named, set aside, and its images can be computed again under the same name', async () => {
  const store = new MemoryStore();
  const bad = await storeShard(store, ['a', 'b']);
  const good = await storeShard(store, ['c']);
  const bytes = await store.get(shardKey(bad));
  bytes[200] = (bytes[200] ?? 0) ^ 4;
  await store.replace(shardKey(bad), bytes);

  const { features, damaged } = await refreshSegments(store, FINGERPRINT);
  expect(features.has(imageHash('a'))).toBe(false);
  expect(damaged).toEqual([bad]);
  expect(await setAsideDamagedShards(store, FINGERPRINT, [...damaged, good])).toEqual([bad]);
  expect(
    [...store.objects.keys()].some((key) => key.startsWith(`features/${FINGERPRINT}/damaged/${bad}.`)),
  ).toBe(true);

  expect(await storeShard(store, ['a', 'b'])).toBe(bad);
  const healed = await refreshSegments(store, FINGERPRINT);
  expect(healed.damaged).toEqual([]);
  expect(healed.features.size).toBe(3);
  expect(await setAsideDamagedShards(store, FINGERPRINT, [bad])).toEqual([]);
});

test('a segment comes back as it was written, and the order of its rows does not matter', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.record({
          sha256: fc.string({ maxLength: 3 }).map(imageHash),
          shard: fc.string({ maxLength: 3 }).map(imageHash),
          row: fc.nat(1_000),
          featureSha256: fc.string().map(imageHash),
          shardBytes: fc.maxSafeNat(),
        }),
        { selector: ({ sha256, shard, row }) => `${sha256} ${shard} ${row}` },
      ),
      async (rows) => {
        const bytes = await encodeSegment(rows);
        const read = await decodeSegment(bytes);
        expect(new Set(read)).toEqual(new Set(rows));
        expect(await encodeSegment(rows.toReversed())).toEqual(bytes);
      },
    ),
    { numRuns: 40 },
  ));
