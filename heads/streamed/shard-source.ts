import { BadInput } from '../../errors/graft-error.js';
import { type ColumnStatistics, describeColumns } from '../column-statistics.js';
import type { Matrix } from '../head.js';
import { checkFeatures } from '../training-data.js';

/** Some rows and their class ids. */
export interface LabelledShard {
  readonly features: Matrix;
  readonly labels: ArrayLike<number>;
}

/** Opens the rows anew, for one pass over them: the same shards in the same order each time. */
export type ShardSource = () => AsyncIterable<LabelledShard>;

/** What a first pass tells. */
export interface StreamDescription {
  readonly rows: number;
  readonly columns: number;
  /** Class ids, one per row. */
  readonly labels: Float64Array;
  readonly statistics: ColumnStatistics;
  /** Of the largest shard's features. */
  readonly shardBytes: number;
}

/**
 * Reads all once: counts rows, keeps labels, and merges the shards' means and variances (Chan, Golub and LeVeque, 1979),
 * which loses nothing where a mean is far larger than its deviation.
 *
 * Rejects with `BadInput` for features that are NaN or infinite, shards that differ in width, and labels that lack.
 */
export async function describeStream(source: ShardSource, signal?: AbortSignal): Promise<StreamDescription> {
  const labels: number[] = [];
  let merged: { readonly rows: number; readonly statistics: ColumnStatistics } | undefined;
  let shardBytes = 0;
  for await (const shard of source()) {
    signal?.throwIfAborted();
    if (shard.features.rows === 0) continue;
    checkShard(shard, labels.length, merged?.statistics.mean.length);
    const { rows, data } = shard.features;
    const statistics = describeColumns(shard.features, new Float64Array(rows).fill(1));
    merged = merged === undefined ? { rows, statistics } : merge(merged, { rows, statistics });
    for (let row = 0; row < rows; row++) labels.push(shard.labels[row] ?? Number.NaN);
    shardBytes = Math.max(shardBytes, data.byteLength);
  }
  if (merged === undefined) throw new BadInput('Training needs rows and received none: add pictures.');
  const { rows, statistics } = merged;
  return { rows, columns: statistics.mean.length, labels: Float64Array.from(labels), statistics, shardBytes };
}

function checkShard({ features, labels }: LabelledShard, before: number, columns = features.columns): void {
  checkFeatures(features);
  if (features.columns !== columns)
    throw new BadInput(
      `Features from row ${before} on: expected ${columns} numbers a row, as before, received ${features.columns}.`,
    );
  if (labels.length !== features.rows)
    throw new BadInput(
      `Features from row ${before} on: expected one label per row, ${features.rows}, received ${labels.length}.`,
    );
}

interface Described {
  readonly rows: number;
  readonly statistics: ColumnStatistics;
}

function merge(a: Described, b: Described): Described {
  const rows = a.rows + b.rows;
  const share = b.rows / rows;
  const delta = b.statistics.mean.map((value, at) => value - (a.statistics.mean[at] ?? 0));
  return {
    rows,
    statistics: {
      mean: a.statistics.mean.map((value, at) => value + share * (delta[at] ?? 0)),
      variance: a.statistics.variance.map(
        (value, at) =>
          (1 - share) * value +
          share * (b.statistics.variance[at] ?? 0) +
          share * (1 - share) * (delta[at] ?? 0) ** 2,
      ),
    },
  };
}
