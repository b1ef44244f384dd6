import type { Sha256 } from '../dataset/dataset.js';
import { type ScannedFeatures, readSegment } from '../features/scan-features.js';
import type { SegmentRow } from '../features/segment-file.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Findings } from './finding.js';
import { groupByShard } from './group-by-shard.js';
import type { Subject } from './open-run.js';

/**
 * Says where the features of images were that have none any more: the shards that the segments still name, one finding
 * each, and the images that no segment names.
 */
export async function findLostFeatures(
  { store, outcome: { fingerprint } }: Subject,
  lost: readonly Sha256[],
  { segments, damaged }: Pick<ScannedFeatures, 'segments' | 'damaged'>,
  findings: Findings,
): Promise<void> {
  const places = await findPlaces(store, segments, new Set(lost));
  const held = groupByShard(places.values());
  for (const [shard, rows] of held) {
    const object = keys.shard(fingerprint, shard);
    const [kind, problem] = await describeShard(
      store,
      object,
      rows[0]?.shardBytes ?? 0,
      damaged.includes(shard),
    );
    const consequence = `it held ${rows.length} features of the run; run again, they are computed anew`;
    findings.add({ kind, object, detail: `${problem}; ${consequence}` });
  }
  for (const shard of damaged)
    if (!held.has(shard)) {
      const detail = 'it does not read, and no segment knows which features it held';
      findings.add({ kind: 'shard damaged', object: keys.shard(fingerprint, shard), detail });
    }
  for (const sha256 of lost)
    if (!places.has(sha256)) {
      const detail = `image ${sha256} has neither a feature nor a refusal; run again, it is computed anew`;
      findings.add({ kind: 'feature missing', object: keys.shards(fingerprint), detail });
    }
}

/** Where the segments say that each image's feature is: the shard of the smallest name, as everywhere. */
async function findPlaces(
  store: ObjectStore,
  segments: readonly string[],
  lost: ReadonlySet<Sha256>,
): Promise<ReadonlyMap<Sha256, SegmentRow>> {
  const places = new Map<Sha256, SegmentRow>();
  for (const key of segments)
    for (const row of await readSegment(store, key)) {
      const there = places.get(row.sha256);
      if (lost.has(row.sha256) && (there === undefined || row.shard < there.shard))
        places.set(row.sha256, row);
    }
  return places;
}

async function describeShard(
  store: ObjectStore,
  key: string,
  expectedBytes: number,
  isDamaged: boolean,
): Promise<readonly [kind: string, problem: string]> {
  const found = await store.head(key);
  if (found === undefined) return ['shard missing', 'the store has no such object'];
  if (isDamaged)
    return ['shard damaged', `it does not read (${found.size} bytes, expected ${expectedBytes})`];
  return ['shard altered', `expected ${expectedBytes} bytes, found ${found.size} with other images`];
}
