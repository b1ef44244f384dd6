import { expect, test } from 'vitest';
import { damageShard, findWholeShard, isWhole } from '../../chaos/shard-damage.js';
import { encodeShard } from '../../parquet/encode-shard.js';
import { createFileStore } from '../../storage/file-store.js';
import { keys } from '../../storage/keys.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const FINGERPRINT = 'f'.repeat(64);

test('each shard is damaged once, wherever the faults aim', async () => {
  const store = createFileStore(await temporaryFolder());
  const shards = ['1', '2', '3'].map((digit) => keys.shard(FINGERPRINT, digit.repeat(64)));
  for (const [at, key] of shards.entries()) {
    const rows = [{ sha256: `${at}`.repeat(64), vector: new Float32Array([1, 2]) }];
    const origin = { fingerprint: FINGERPRINT, engine: 'none', engineVersion: '1' };
    await store.putIfAbsent(key, await encodeShard({ rows, dimensions: 2, ...origin }));
  }
  const hit: (string | undefined)[] = [];
  for (const aim of [0.5, 0.5, 0.5, 0.5]) {
    const key = await findWholeShard(store, aim);
    hit.push(key);
    if (key !== undefined) await damageShard(store, key, 'flip');
  }
  expect(hit).toEqual([shards[1], shards[2], shards[0], undefined]);
  expect(await Promise.all(shards.map((key) => isWhole(store, key)))).toEqual([false, false, false]);
});
