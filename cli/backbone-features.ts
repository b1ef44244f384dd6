import type { Backbone } from '../backbones/backbone.js';
import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import { count } from '../dataset/quote.js';
import { createSupervisedExtractor } from '../engines/extractor/supervised-extractor.js';
import { loadFeatureIndex } from '../features/feature-index.js';
import { loadFeatures } from '../features/load-features.js';
import type { Announce } from '../infra/announcement.js';
import type { ObjectStore } from '../storage/object-store.js';

/** Features of some pictures through one backbone. */
export interface BackboneFeatures {
  /** Pictures that the decoder refuses have none. */
  readonly vectors: ReadonlyMap<Sha256, Float32Array>;
  /** How many were computed now; the others were in the store. */
  readonly computed: number;
  /** What the network took for each of those, on one thread or all of a session; `undefined` where none was computed. */
  readonly millisecondsEach: number | undefined;
}

/** Pictures in memory at once. */
const CHUNK = 32;

/** Reads the features that the store has and computes the others on this machine; writes none. */
export async function featuresOf(
  store: ObjectStore,
  backbone: Backbone,
  rows: readonly IndexRow[],
  announce: Announce,
): Promise<BackboneFeatures> {
  const vectors = await readStored(store, backbone, rows);
  const missing = rows.filter(({ sha256 }) => !vectors.has(sha256));
  const extractor = createSupervisedExtractor(backbone);
  let seconds = 0;
  try {
    for (let first = 0; first < missing.length; first += CHUNK) {
      const chunk = missing.slice(first, first + CHUNK);
      const { images, seconds: spent } = await extractor.extract(
        await Promise.all(chunk.map(({ key }) => store.get(key))),
      );
      seconds += spent.inference;
      for (const [at, image] of images.entries()) {
        const row = chunk[at];
        if (row !== undefined && image.kind === 'feature') vectors.set(row.sha256, image.vector);
      }
      const done = `${count(first + chunk.length)} of ${count(missing.length)} pictures`;
      announce({ kind: 'progress', text: `Computing ${backbone.name} features  ${done}` });
    }
  } finally {
    await extractor.close();
  }
  const reused = count(rows.length - missing.length);
  announce({
    kind: 'step',
    text: `${backbone.name}: ${count(missing.length)} features computed, ${reused} from the store`,
  });
  const millisecondsEach = missing.length === 0 ? undefined : (1_000 * seconds) / missing.length;
  return { vectors, computed: missing.length, millisecondsEach };
}

async function readStored(
  store: ObjectStore,
  { fingerprint }: Backbone,
  rows: readonly IndexRow[],
): Promise<Map<Sha256, Float32Array>> {
  const index = await loadFeatureIndex(store, fingerprint);
  const hashes = rows.map(({ sha256 }) => sha256).filter((sha256) => index.has(sha256));
  const { columns, data } = await loadFeatures(store, fingerprint, index, hashes);
  return new Map(hashes.map((sha256, at) => [sha256, data.subarray(at * columns, (at + 1) * columns)]));
}
