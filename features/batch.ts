import type { Sha256, SplitName } from '../dataset/dataset.js';

/** An image that a batch asks for. */
export interface BatchImage {
  readonly sha256: Sha256;
  /** Where its bytes are in the object store. */
  readonly key: string;
}

/** Up to `batchSize` images without features: one extraction activity. */
export interface Batch {
  /** Readable and unique in its run: `training-0007`. */
  readonly id: string;
  readonly split: SplitName;
  readonly images: readonly BatchImage[];
}

/** An image whose bytes could not become a feature; deterministic in (bytes, recipe), so it is remembered. */
export interface RefusedImage {
  readonly sha256: Sha256;
  readonly reason: string;
}

/** `count` batches of one split with consecutive numbers: how a workflow names a thousand batches in a few bytes. */
export interface BatchRange {
  readonly split: SplitName;
  readonly first: number;
  readonly count: number;
}

/** `training-0007`, the eighth batch of the training split. */
export const batchId = (split: SplitName, number: number): string =>
  `${split}-${String(number).padStart(4, '0')}`;

/** Names of the batches of a range, in order. */
export const batchIdsOf = ({ split, first, count }: BatchRange): string[] =>
  Array.from({ length: count }, (_, offset) => batchId(split, first + offset));
