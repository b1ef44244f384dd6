import type { Backbone } from '../backbones/backbone.js';
import { assertPinned } from '../backbones/pinned-backbone.js';
import type { Sha256 } from '../dataset/dataset.js';
import { ExtractorClosed } from '../engines/extractor/extractor-closed.js';
import type { FeatureExtractor } from '../engines/feature-extractor.js';

/** A backbone and what runs it. */
export interface LoadedBackbone {
  readonly backbone: Backbone;
  readonly extractor: FeatureExtractor;
}

export interface ExtractorPool {
  /**
   * The extractor of a backbone, started at first use and kept. Throws `BadInput` where the name stands for a network
   * with another fingerprint than the one asked for.
   */
  get(name: string, fingerprint?: Sha256): Promise<LoadedBackbone>;
  /** Ends also what extractors are still waited for. */
  close(): Promise<void>;
}

/** One extractor per backbone; `createExtractor` may take its time, unless its signal has aborted. */
export function createExtractorPool(
  resolveBackbone: (name: string) => Promise<Backbone>,
  createExtractor: (backbone: Backbone, signal: AbortSignal) => FeatureExtractor | Promise<FeatureExtractor>,
): ExtractorPool {
  const loaded = new Map<string, Promise<LoadedBackbone>>();
  const closing = new AbortController();
  return {
    get(name, fingerprint) {
      // A name may stand for another network in a later run; a fingerprint never does.
      const key = fingerprint ?? name;
      const found = loaded.get(key);
      if (found !== undefined) return found;
      const started = load(name, fingerprint);
      loaded.set(key, started);
      // A failure is not kept: the next attempt may find the backbone repaired.
      started.catch(() => loaded.delete(key));
      return started;
    },
    async close() {
      closing.abort(new ExtractorClosed());
      const started = await Promise.allSettled(loaded.values());
      const open = started.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value.extractor] : [],
      );
      await Promise.all(open.map((extractor) => extractor.close()));
    },
  };

  async function load(name: string, fingerprint: Sha256 | undefined): Promise<LoadedBackbone> {
    const backbone = await resolveBackbone(name);
    assertPinned(backbone, fingerprint);
    return { backbone, extractor: await createExtractor(backbone, closing.signal) };
  }
}
