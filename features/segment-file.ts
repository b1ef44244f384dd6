import type { Sha256 } from '../dataset/dataset.js';
import { type RowOf, decodeRows, encodeTable } from '../parquet/table.js';

const SCHEMA = {
  sha256: 'string',
  shard: 'string',
  row: 'int32',
  featureSha256: 'string',
  shardBytes: 'int64',
} as const;

/**
 * One feature of one shard: image hash, shard's name, row in the shard, SHA-256 of the vector's bytes (little-endian
 * float32), and the shard's size, by which a shard that was replaced or cut since is known.
 */
export type SegmentRow = RowOf<typeof SCHEMA>;

/** A segment's bytes: the same for the same rows in whatever order. */
export const encodeSegment = (rows: readonly SegmentRow[]): Promise<Uint8Array> =>
  encodeTable(SCHEMA, rows.toSorted(byImageThenShard));

/** A segment's rows. Throws `TableDamaged`. */
export const decodeSegment = (bytes: Uint8Array): Promise<SegmentRow[]> => decodeRows(SCHEMA, bytes);

const byImageThenShard = (a: SegmentRow, b: SegmentRow): number =>
  compare(a.sha256, b.sha256) || compare(a.shard, b.shard) || a.row - b.row;

const compare = (a: Sha256, b: Sha256): number => (a < b ? -1 : a > b ? 1 : 0);
