import type { Sha256 } from '../dataset/dataset.js';
import type { FeaturePlace } from '../features/feature-index.js';
import { hashFeature } from '../features/scan-features.js';
import { shardName } from '../features/shard-name.js';
import { decodeShard } from '../parquet/decode-shard.js';
import type { DecodedShard } from '../parquet/shard.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Findings } from './finding.js';

/** A feature that a shard must hold. */
export interface Wanted extends FeaturePlace {
  /** Of the image. */
  readonly sha256: Sha256;
}

interface ShardPlace {
  readonly store: ObjectStore;
  readonly fingerprint: Sha256;
  readonly name: Sha256;
}

/**
 * Examines one shard.
 *
 * @param sample takes the vectors of the images that it has keys for
 */
export async function checkShard(
  { store, fingerprint, name }: ShardPlace,
  wanted: readonly Wanted[],
  sample: Map<Sha256, Float32Array | undefined>,
  findings: Findings,
): Promise<void> {
  const object = keys.shard(fingerprint, name);
  const consequence = `it holds ${wanted.length} features of the run; delete it and run again, they are computed anew`;
  const shard = await findings.attempt({ store, what: 'shard', object, consequence }, async () =>
    decodeShard(await store.get(object)),
  );
  if (shard === undefined) return;
  const altered = (detail: string): void => findings.add({ kind: 'shard altered', object, detail });
  const own = shardName(shard.hashes);
  if (own !== name) altered(`it holds the images of shard ${own}`);
  const { 'graft.fingerprint': made = fingerprint } = shard.metadata;
  if (made !== fingerprint) altered(`it holds features of fingerprint ${made}`);
  for (const each of wanted) {
    const vector = pickVector(shard, each);
    if (typeof vector === 'string')
      findings.add({ kind: 'feature altered', object, detail: `row ${each.row}: ${vector}` });
    else if (sample.has(each.sha256)) sample.set(each.sha256, vector.slice());
  }
}

/** A row's vector, or what is wrong with it. */
function pickVector({ hashes, dimensions, matrix }: DecodedShard, wanted: Wanted): Float32Array | string {
  const { row, sha256, featureSha256 } = wanted;
  if (hashes[row] !== sha256)
    return `expected the feature of image ${sha256}, found that of ${hashes[row] ?? 'none'}`;
  const vector = matrix.subarray(row * dimensions, (row + 1) * dimensions);
  const found = hashFeature(vector);
  if (found === featureSha256) return vector;
  return `expected a feature of SHA-256 ${featureSha256} for image ${sha256}, found ${found}`;
}
