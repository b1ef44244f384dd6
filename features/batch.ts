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
