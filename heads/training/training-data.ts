import type { Head, Matrix } from '../head.js';
import { decisionValues } from '../predict.js';
import type { LabelledShard } from '../streamed/shard-source.js';

/** Some rows of a split, and which they are. */
export interface NumberedShard extends LabelledShard {
  readonly at: readonly number[];
}

/** Rows of one split, read when they are asked for. */
export interface SplitRows {
  readonly rows: number;
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  /** All at once. Their buffer is a `SharedArrayBuffer` where threads shall not copy it. */
  load(): Promise<Matrix>;
  /** One shard after the other, in buffers of their own; each row in one of them, in any order. */
  shards(): AsyncIterable<NumberedShard>;
}

/** What a model is trained on: of a data set all but the evaluation split. */
export interface TrainingData {
  /** In the label encoder's order. */
  readonly classes: readonly string[];
  /** Length of a row. */
  readonly columns: number;
  readonly training: SplitRows;
  readonly validation: SplitRows;
}

/** The decision values of rows that are read shard by shard, in the order of their numbers. */
export async function scoreShards(head: Head, split: SplitRows): Promise<Float64Array> {
  const outputs = head.coef.length;
  const values = new Float64Array(split.rows * outputs);
  for await (const { features, at } of split.shards()) {
    const ofShard = decisionValues(head, features);
    at.forEach((row, place) =>
      values.set(ofShard.subarray(place * outputs, (place + 1) * outputs), row * outputs),
    );
  }
  return values;
}
