import pLimit from 'p-limit';
import type { Sha256 } from '../dataset/dataset.js';
import { GraftError } from '../errors/graft-error.js';
import type { Matrix } from '../heads/head.js';
import { decodeShard } from '../parquet/decode-shard.js';
import { type DecodedShard, ShardDamaged } from '../parquet/shard.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { FeatureIndex, FeaturePlace } from './feature-index.js';
import { hashFeature } from './scan-features.js';

/** Shards in memory at once beside the matrix itself. */
const CONCURRENT_SHARDS = 4;

/** An image has no feature under this fingerprint. */
export class FeatureMissing extends GraftError {}

/** A shard does not hold what the index says of it. */
export class IndexOutOfDate extends GraftError {}

/** A matrix of features, and what computed them: `onnx-cpu, onnxruntime 1.30.0`, one entry for each that took part. */
export interface LoadedFeatures extends Matrix {
  readonly engines: readonly string[];
}

/** One row of the matrix to fill. */
interface Wanted extends FeaturePlace {
  readonly sha256: Sha256;
  /** Row of the matrix. */
  readonly at: number;
}

/**
 * The features of images as a matrix, one row per hash in the order given; a hash may come more than once.
 *
 * Each shard is read once. A matrix without rows has no columns; another's buffer is a `SharedArrayBuffer`, so that threads
 * need not copy it. Throws {@link FeatureMissing}, `ShardDamaged`, and
 * {@link IndexOutOfDate} where a vector is not the one that the index (and so a receipt) is about.
 */
export async function loadFeatures(
  store: ObjectStore,
  fingerprint: Sha256,
  index: FeatureIndex,
  hashes: readonly Sha256[],
): Promise<LoadedFeatures> {
  const limit = pLimit(CONCURRENT_SHARDS);
  const matrix = createMatrix(hashes.length);
  const engines = new Set<string>();
  await limit.map([...groupByShard(hashes, index)], async ([name, wanted]) => {
    const key = keys.shard(fingerprint, name);
    const shard = await readShard(store, key);
    engines.add(engineOf(shard));
    for (const each of wanted) matrix.setRow(each.at, pickVector(shard, each, key), key);
  });
  return { ...matrix.finish(), engines: [...engines].sort() };
}

/** Rows of one shard that were asked for. */
export interface StreamedFeatures extends Matrix {
  /** Which of the hashes each row is of. */
  readonly at: readonly number[];
  readonly engine: string;
}

/**
 * The same features shard by shard, in buffers of their own, so that only one shard is in memory at a time. Throws as
 * {@link loadFeatures} does.
 */
export async function* streamFeatures(
  store: ObjectStore,
  fingerprint: Sha256,
  index: FeatureIndex,
  hashes: readonly Sha256[],
): AsyncGenerator<StreamedFeatures, void> {
  for (const [name, wanted] of groupByShard(hashes, index)) {
    const key = keys.shard(fingerprint, name);
    const shard = await readShard(store, key);
    const columns = shard.dimensions;
    const data = new Float32Array(wanted.length * columns);
    wanted.forEach((each, row) => data.set(pickVector(shard, each, key), row * columns));
    yield { rows: wanted.length, columns, data, at: wanted.map(({ at }) => at), engine: engineOf(shard) };
  }
}

/** As the shard itself says. */
function engineOf({ metadata }: DecodedShard): string {
  const { 'graft.engine': name = 'unknown engine', 'graft.engineVersion': version } = metadata;
  return version === undefined ? name : `${name}, ${version}`;
}

function groupByShard(
  hashes: readonly Sha256[],
  index: FeatureIndex,
): ReadonlyMap<Sha256, readonly Wanted[]> {
  const groups = new Map<Sha256, Wanted[]>();
  for (const [at, sha256] of hashes.entries()) {
    const place = index.get(sha256);
    if (place === undefined)
      throw new FeatureMissing(
        `image ${sha256} has no feature; run the data set again: only what is missing is computed`,
      );
    const group = groups.get(place.shard) ?? [];
    group.push({ ...place, sha256, at });
    groups.set(place.shard, group);
  }
  return groups;
}

async function readShard(store: ObjectStore, key: string): Promise<DecodedShard> {
  try {
    return await decodeShard(await store.get(key));
  } catch (cause) {
    if (!(cause instanceof ShardDamaged)) throw cause;
    throw new ShardDamaged(
      `${key}: ${cause.message}. Delete the object and run again: its images are computed anew.`,
      {
        cause,
      },
    );
  }
}

function pickVector({ hashes, dimensions, matrix }: DecodedShard, wanted: Wanted, key: string): Float32Array {
  const vector = matrix.subarray(wanted.row * dimensions, (wanted.row + 1) * dimensions);
  if (hashes[wanted.row] === wanted.sha256 && hashFeature(vector) === wanted.featureSha256) return vector;
  throw new IndexOutOfDate(
    `row ${wanted.row} of ${key} is not the feature of image ${wanted.sha256} that the index knows: the shard was replaced. Delete the objects under ${key.replace(/shards\/[^/]*$/, 'index/')} and run again: they are rebuilt.`,
  );
}

/** A matrix whose width the first row decides. */
function createMatrix(rows: number) {
  let data: Float32Array = new Float32Array(0);
  let columns = 0;
  return {
    setRow(at: number, vector: Float32Array, key: string): void {
      if (columns === 0) {
        columns = vector.length;
        data = new Float32Array(new SharedArrayBuffer(rows * columns * Float32Array.BYTES_PER_ELEMENT));
      }
      if (vector.length !== columns)
        throw new ShardDamaged(
          `${key} holds vectors of ${vector.length} numbers, the other shards of ${columns}`,
        );
      data.set(vector, at * columns);
    },
    finish: (): Matrix => ({ rows, columns, data }),
  };
}
