import type { IndexRow, SplitName } from '../../dataset/dataset.js';
import { writeVersion } from '../../dataset/dataset-store.js';
import { encodeListing } from '../../dataset/listing-file.js';
import { sortRows, versionOf } from '../../dataset/dataset-version.js';
import { countClasses, classesOf } from '../../dataset/trainable.js';
import type { Sha256 } from '../../dataset/dataset.js';
import { buildReceipt } from '../../features/build-receipt.js';
import { loadFeatureIndex } from '../../features/feature-index.js';
import { listObjects } from '../../features/list-objects.js';
import { writePlan } from '../../features/plan-segments.js';
import { loadRefusals } from '../../features/refusals.js';
import type { Receipt } from '../../features/receipt.js';
import { decodeSegment } from '../../features/segment-file.js';
import { readIndex, readQuarantine } from '../../dataset/dataset-store.js';
import { keys } from '../../storage/keys.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { FINGERPRINT, imageHash, indexRow } from '../support/feature-fixtures.js';
import type { MemoryStore } from '../support/memory-store.js';

export const DAY_MS = 24 * 60 * 60 * 1_000;

/** The default guard: a week. */
export const aWeekAgo = () => ({ before: new Date(Date.now() - 7 * DAY_MS) });

/** Makes objects look written so many days ago: all of a store, or those whose key starts so. */
export function age(store: MemoryStore, days: number, prefix = ''): void {
  for (const key of store.objects.keys())
    if (key.startsWith(prefix)) store.modified.set(key, new Date(Date.now() - days * DAY_MS));
}

/** The row of a picture whose object has a real key; its bytes are its name. */
export const pictureRow = (image: string, dataset = 'food', split: SplitName = 'training'): IndexRow => {
  const sha256 = imageHash(image);
  return indexRow(image, {
    split,
    key: keys.image(dataset, split, 'food', image, sha256, 'jpg'),
    bytes: Buffer.byteLength(image),
  });
};

interface VersionOptions {
  readonly dataset?: string;
  readonly refused?: readonly string[];
  /** Of pictures that are not for training. */
  readonly splits?: Readonly<Record<string, SplitName>>;
}

/** Stores a version of these pictures, and the pictures; gives its name. */
export async function storeVersion(
  store: ObjectStore,
  images: readonly string[],
  { dataset = 'food', refused = [], splits = {} }: VersionOptions = {},
): Promise<Sha256> {
  const rowOf = (image: string) => pictureRow(image, dataset, splits[image]);
  const rows = sortRows(images.map(rowOf));
  for (const image of images) await store.putIfAbsent(rowOf(image).key, Buffer.from(image));
  const version = versionOf(rows);
  const classes = classesOf(rows);
  const manifest = {
    ...{ name: dataset, version, classes, positive: 'food', counts: countClasses(rows) },
    ...{ images: rows.length, quarantined: refused.length, source: 'a test', licence: 'none' },
  };
  const quarantined = refused.map((image) => ({
    ...{ path: `food/${image}.gif`, split: 'training' as const, class: 'food' },
    ...{ sha256: imageHash(image), bytes: 3, reason: 'is a GIF' },
  }));
  await writeVersion(store, { manifest, rows, quarantined });
  return version;
}

/** Stores what a source of these pictures held when it was read last; gives the listing's key. */
export async function storeListing(
  store: ObjectStore,
  images: readonly string[],
  { dataset = 'food', id = 'a'.repeat(64) } = {},
): Promise<string> {
  const pictures = images.map((image) => ({
    ...{
      path: `food/${image}.jpg`,
      stamp: '1.2.3',
      sha256: imageHash(image),
      bytes: Buffer.byteLength(image),
    },
    ...{ width: 1, height: 1, extension: 'jpg' as const },
  }));
  const key = keys.sourceListing(dataset, id);
  await store.replace(key, await encodeListing({ source: 'a test', rules: 'of a test', pictures }));
  return key;
}

/** Records a run as it is once it has planned; `ended` adds what comes last. */
export async function storeRun(
  store: ObjectStore,
  runId: string,
  { images = [] as readonly string[], dataset = 'food', ended = undefined as object | undefined } = {},
): Promise<void> {
  const record = {
    runId,
    workflowId: 'w',
    startedAt: '2026-01-02T03:04:05.000Z',
    input: { dataset },
    settings: { dataset },
  };
  await store.putIfAbsent(keys.runInput(runId), Buffer.from(JSON.stringify(record)));
  const planned = images.map((image) => ({ sha256: imageHash(image), key: pictureRow(image, dataset).key }));
  const batch = { id: 'training-0000', split: 'training' as const, images: planned };
  await writePlan(store, runId, { batches: planned.length === 0 ? [] : [batch], reused: 0 });
  if (ended !== undefined)
    await store.putIfAbsent(
      keys.runOutcome(runId),
      Buffer.from(JSON.stringify({ runId, workflowId: 'w', ...ended })),
    );
}

/** What became of every picture of a version, by what lies in the store now. */
export async function receiptOf(store: ObjectStore, version: Sha256, dataset = 'food'): Promise<Receipt> {
  return buildReceipt({
    rows: await readIndex(store, dataset, version),
    quarantined: await readQuarantine(store, dataset, version),
    features: await loadFeatureIndex(store, FINGERPRINT),
    refused: await loadRefusals(store, FINGERPRINT),
    ...{ reused: 0, batches: 1, failedBatches: 0 },
  });
}

/** Names of shards that the index names although they are gone. */
export async function danglingShards(store: ObjectStore): Promise<readonly Sha256[]> {
  const there = new Set((await listObjects(store, keys.shards(FINGERPRINT))).map(({ key }) => key));
  const segments = await listObjects(store, keys.segments(FINGERPRINT));
  const rows = await Promise.all(segments.map(async ({ key }) => decodeSegment(await store.get(key))));
  return rows.flat().flatMap(({ shard }) => (there.has(keys.shard(FINGERPRINT, shard)) ? [] : [shard]));
}

/** Names of plan segments that a run's plan names although they are gone. */
export async function danglingPlans(store: ObjectStore, runId: string): Promise<readonly string[]> {
  const plan = JSON.parse(Buffer.from(await store.get(keys.runPlan(runId))).toString()) as {
    segments: { key: string }[];
  };
  const gone: string[] = [];
  for (const { key } of plan.segments) if ((await store.head(key)) === undefined) gone.push(key);
  return gone;
}
