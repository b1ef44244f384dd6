import { GraftError } from '../errors/graft-error.js';

/** One image's feature. */
export interface ShardRow {
  readonly sha256: string;
  /** As long as the shard's `dimensions`. */
  readonly vector: Float32Array;
}

/** What a shard's bytes hold. Files that others wrote are shards too, as long as they have the two columns. */
export interface DecodedShard {
  /** Of the images, in the file's order. */
  readonly hashes: readonly string[];
  /** Length of every vector; 0 in a shard without rows. */
  readonly dimensions: number;
  /** `hashes.length × dimensions`, row-major, in the order of `hashes`. */
  readonly matrix: Float32Array;
  /** The file's key/value pairs; `{}` where its writer left none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes are not a shard: cut, altered, or another table. */
export class ShardDamaged extends GraftError {}

/** Version of the file format, in every shard's metadata. Readers go by the columns, not by this. */
export const SHARD_FORMAT = '1';

/**
 * Columns of a shard: a hash, and a standard three-level list, which DuckDB calls FLOAT[] and pyarrow list<float>.
 *
 * A list rather than a fixed-length byte array, so that anyone reads the numbers without Graft.
 */
export const SHARD_COLUMNS = {
  sha256: { type: 'UTF8', statistics: false },
  features: {
    type: 'LIST',
    fields: { list: { repeated: true, fields: { element: { type: 'FLOAT', statistics: false } } } },
  },
} as const;

/** The list's leaf, as Parquet's metadata spells it. */
export const VECTOR_PATH = ['features', 'list', 'element'] as const;
