import { createHash } from 'node:crypto';
import type { Sha256 } from '../dataset/dataset.js';

/**
 * A shard's name: SHA-256 over its images' hashes, sorted, each followed by a line feed.
 *
 * It says which images a shard is about, not what their features are: two engines give one shard one name.
 */
export function shardName(imageHashes: readonly Sha256[]): Sha256 {
  const lines = imageHashes.toSorted().map((sha256) => `${sha256}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}
