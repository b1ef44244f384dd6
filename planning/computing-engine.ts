import type { Sha256 } from '../dataset/dataset.js';
import { type BatchRange, batchIdsOf } from '../features/batch.js';
import type { FeatureIndex } from '../features/feature-index.js';
import { readBatch } from '../features/plan-segments.js';
import { decodeShard } from '../parquet/decode-shard.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';

/** Of a plan, what tells where its batches are. */
interface ComputedPlan {
  readonly fingerprint: Sha256;
  readonly segments: readonly { readonly key: string; readonly ranges: readonly BatchRange[] }[];
}

/**
 * The engine that computed a plan's last batch, as the shard says; `undefined` where the plan is empty or no image of the
 * batch became a feature. Of workers with several engines it names one.
 */
export async function findComputingEngine(
  store: ObjectStore,
  { fingerprint, segments }: ComputedPlan,
  features: FeatureIndex,
): Promise<string | undefined> {
  const segment = segments.at(-1);
  const id = segment?.ranges.flatMap(batchIdsOf).at(-1);
  if (segment === undefined || id === undefined) return undefined;
  const { images } = await readBatch(store, segment.key, id);
  const [place] = images.flatMap(({ sha256 }) => features.get(sha256) ?? []);
  if (place === undefined) return undefined;
  const { metadata } = await decodeShard(await store.get(keys.shard(fingerprint, place.shard)));
  return metadata['graft.engine'];
}
