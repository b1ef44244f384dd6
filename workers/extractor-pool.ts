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

/** One extractor per backbone, by default in a supervised process of its own. */
export function createExtractorPool(
  resolveBackbone: (name: string) => Promise<Backbone>,
  createExtractor: (backbone: Backbone) => FeatureExtractor = createSupervisedExtractor,
): ExtractorPool {
  const loaded = new Map<string, Promise<LoadedBackbone>>();
  return {
    get(name) {
      const found = loaded.get(name);
      if (found !== undefined) return found;
      const started = load(name);
      loaded.set(name, started);
      // A failure is not kept: the next attempt may find the backbone repaired.
      started.catch(() => loaded.delete(name));
      return started;
    },
    async close() {
      const started = await Promise.allSettled(loaded.values());
      const open = started.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value.extractor] : [],
      );
      await Promise.all(open.map((extractor) => extractor.close()));
    },
  };

  async function load(name: string): Promise<LoadedBackbone> {
    const backbone = await resolveBackbone(name);
    return { backbone, extractor: createExtractor(backbone) };
  }
}
