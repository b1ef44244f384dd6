import { shardName } from '../../features/shard-name.js';
import { encodeShard } from '../../parquet/encode-shard.js';
import { keys } from '../../storage/keys.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { FINGERPRINT, imageHash } from '../support/feature-fixtures.js';
import { BACKBONE, mealFeature } from './fake-extractor.js';
import { MEALS } from './meals.js';

/** Stores a shard with the features that the fake extractor gives, by default of all meals. */
export async function storeMealFeatures(
  store: ObjectStore,
  names: readonly string[] = MEALS.map(({ name }) => name),
): Promise<void> {
  const rows = names.flatMap((name) => {
    const image = mealFeature(name);
    return image.kind === 'feature' ? [{ sha256: imageHash(name), vector: image.vector }] : [];
  });
  const key = keys.shard(FINGERPRINT, shardName(rows.map(({ sha256 }) => sha256)));
  const origin = { fingerprint: FINGERPRINT, engine: 'fake', engineVersion: 'fake 1' };
  await store.putIfAbsent(key, await encodeShard({ ...origin, rows, dimensions: BACKBONE.dimensions }));
}
