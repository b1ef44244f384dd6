import type { Backbone } from '../backbones/backbone.js';
import type { FeatureExtractor } from '../engines/feature-extractor.js';
import { createSupervisedExtractor } from '../engines/supervised-extractor.js';

/** A backbone and what runs it. */
export interface LoadedBackbone {
  readonly backbone: Backbone;
  readonly extractor: FeatureExtractor;
}

export interface ExtractorPool {
  /** The extractor of a backbone, started at first use and kept. */
  get(name: string): Promise<LoadedBackbone>;
  close(): Promise<void>;
}

/** One supervised extractor per backbone. */
export function createExtractorPool(resolveBackbone: (name: string) => Promise<Backbone>): ExtractorPool {
  const loaded = new Map<string, Promise<LoadedBackbone>>();
  return {
    get(name) {
      const found = loaded.get(name) ?? load(name);
      loaded.set(name, found);
      // A failure is not kept: the next attempt may find the backbone repaired.
      found.catch(() => loaded.delete(name));
      return found;
    },
    async close() {
      const results = await Promise.allSettled(loaded.values());
      await Promise.all(
        results.map((result) => (result.status === 'fulfilled' ? result.value.extractor.close() : undefined)),
      );
    },
  };

  async function load(name: string): Promise<LoadedBackbone> {
    const backbone = await resolveBackbone(name);
    return { backbone, extractor: createSupervisedExtractor(backbone) };
  }
}
