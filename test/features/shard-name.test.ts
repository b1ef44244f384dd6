import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { shardName } from '../../features/shard-name.js';
import { imageHash } from '../support/feature-fixtures.js';

test('a shard is named by its sorted image hashes, in whatever order they come', () => {
  const hashes = ['a', 'b', 'c'].map(imageHash);
  const lines = hashes.toSorted().map((hash) => `${hash}\n`);
  expect(shardName(hashes)).toBe(createHash('sha256').update(lines.join('')).digest('hex'));
  expect(shardName(hashes.toReversed())).toBe(shardName(hashes));
  expect(shardName(hashes.slice(1))).not.toBe(shardName(hashes));
});
