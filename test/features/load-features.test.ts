import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import { loadFeatureIndex } from '../../features/feature-index.js';
import { FeatureMissing, IndexOutOfDate, loadFeatures } from '../../features/load-features.js';
import { ShardDamaged } from '../../parquet/shard.js';
import { encodeShard } from '../../parquet/encode-shard.js';
import { keys } from '../../storage/keys.js';
import { DIMENSIONS, FINGERPRINT, featureOf, imageHash, storeShard } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';

test('features come in the order of the hashes, repeated ones too, and each shard is read once', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 20 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      async (contents, picks) => {
        const store = new MemoryStore();
        const images = contents.map((content) => `image ${content}`);
        for (let start = 0; start < images.length; start += 3)
          await storeShard(store, images.slice(start, start + 3));
        const wanted = picks.map((pick) => images[pick % images.length] ?? '');
        const index = await loadFeatureIndex(store, FINGERPRINT);
        store.reads.length = 0;
        const matrix = await loadFeatures(store, FINGERPRINT, index, wanted.map(imageHash));
        expect(matrix).toEqual({
          rows: wanted.length,
          columns: wanted.length === 0 ? 0 : DIMENSIONS,
          data: Float32Array.from(wanted.flatMap((image) => [...featureOf(image)])),
          engines: wanted.length === 0 ? [] : ['onnx-cpu, test'],
        });
        expect(new Set(store.reads).size).toBe(store.reads.length);
      },
    ),
    { numRuns: 30 },
  ));

test('an image without a feature, a damaged shard and a replaced one each say what to do', async () => {
  const store = new MemoryStore();
  const name = await storeShard(store, ['a', 'b']);
  const key = keys.shard(FINGERPRINT, name);
  const index = await loadFeatureIndex(store, FINGERPRINT);
  const load = (image: string) => loadFeatures(store, FINGERPRINT, index, [imageHash(image)]);
  await expect(load('c')).rejects.toThrow(FeatureMissing);

  const good = await store.get(key);
  await store.replace(key, good.subarray(0, 99));
  await expect(load('a')).rejects.toThrow(ShardDamaged);
  await expect(load('a')).rejects.toThrow(/Delete the object and run again/);

  await store.delete(key);
  await storeShard(store, ['a', 'b'], 1);
  await expect(load('a')).rejects.toThrow(IndexOutOfDate);
  await expect(load('a')).rejects.toThrow(`Delete the objects under features/${FINGERPRINT}/index/`);
});

test('a shard of another width is refused', async () => {
  const store = new MemoryStore();
  await storeShard(store, ['a']);
  const rows = [{ sha256: imageHash('b'), vector: Float32Array.of(1, 2) }];
  const origin = { fingerprint: FINGERPRINT, engine: 'onnx-cpu', engineVersion: 'test' };
  await store.putIfAbsent(
    keys.shard(FINGERPRINT, '0'.repeat(64)),
    await encodeShard({ ...origin, rows, dimensions: 2 }),
  );
  const index = await loadFeatureIndex(store, FINGERPRINT);
  await expect(loadFeatures(store, FINGERPRINT, index, ['a', 'b'].map(imageHash))).rejects.toThrow(
    /vectors of \d numbers/,
  );
});
