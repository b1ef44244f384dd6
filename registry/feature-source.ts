import type { Sha256 } from '../dataset/dataset.js';
import { type FeatureIndex, loadFeatureIndex } from '../features/feature-index.js';
import { loadFeatures } from '../features/load-features.js';
import type { Matrix } from '../heads/head.js';
import type { ObjectStore } from '../storage/object-store.js';

/** Where features of any backbone come from. */
export interface FeatureSource {
  /** Tells which pictures have a feature under this fingerprint. */
  available(fingerprint: Sha256): Promise<{ has(image: Sha256): boolean }>;
  /** Features of pictures that are available, one row per hash in the order given. */
  load(fingerprint: Sha256, images: readonly Sha256[]): Promise<Matrix>;
}

/** The features that a store keeps. Reads the index of each fingerprint once. */
export function createFeatureSource(store: ObjectStore): FeatureSource {
  const indexes = new Map<Sha256, Promise<FeatureIndex>>();
  const indexOf = (fingerprint: Sha256): Promise<FeatureIndex> => {
    const index = indexes.get(fingerprint) ?? loadFeatureIndex(store, fingerprint);
    indexes.set(fingerprint, index);
    return index;
  };
  return {
    available: indexOf,
    load: async (fingerprint, images) => loadFeatures(store, fingerprint, await indexOf(fingerprint), images),
  };
}
