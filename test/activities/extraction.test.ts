import { AsyncResource } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { ImageChanged } from '../../activities/batch-pictures.js';
import { type BatchRequest, createExtractionActivities } from '../../activities/extraction.js';
import {
  type ExtractedImage,
  ExtractorCrashed,
  type FeatureExtractor,
} from '../../engines/feature-extractor.js';
import { asQueue } from '../../engines/batching/picture-queue.js';
import type { BatchImage } from '../../features/batch.js';
import { writePlan } from '../../features/plan-segments.js';
import { loadCrashes, loadRefusals } from '../../features/refusals.js';
import { shardName } from '../../features/shard-name.js';
import { decodeShard } from '../../parquet/decode-shard.js';
import { keys } from '../../storage/keys.js';
import { openActivityContext, runActivity } from '../support/activity-context.js';
import { FINGERPRINT, imageHash } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';
import {
  BACKBONE,
  type FakeExtractor,
  createFakeExtractor,
  extractorsOf,
  mealFeature,
} from './fake-extractor.js';
import { meal, rowOf } from './meals.js';

const NAMES = ['food 1', 'food 2', 'plate 1'];
const keyOf = (name: string): string => rowOf(meal(name, 'training')).key;
const shardKey = (names: readonly string[]): string =>
  keys.shard(FINGERPRINT, shardName(names.map(imageHash)));
const shardsOf = (store: MemoryStore): string[] =>
  [...store.objects.keys()].filter((key) => key.startsWith(keys.shards(FINGERPRINT)));

/** A store that holds pictures and a plan of one batch of them. */
async function storeBatch(
  names: readonly string[] = NAMES,
): Promise<{ readonly store: MemoryStore; readonly request: BatchRequest }> {
  const store = new MemoryStore();
  for (const name of names) await store.putIfAbsent(keyOf(name), Buffer.from(name));
  const images: BatchImage[] = names.map((name) => ({ sha256: imageHash(name), key: keyOf(name) }));
  const batchId = 'training-0000';
  const plan = await writePlan(store, 'r', {
    batches: [{ id: batchId, split: 'training', images }],
    reused: 0,
  });
  store.changes.length = 0;
  const planKey = plan.segments[0]?.key ?? '';
  return { store, request: { runId: 'r', planKey, batchId, backbone: 'fake' } };
}

const activitiesOf = (store: MemoryStore, extractor: FeatureExtractor) =>
  createExtractionActivities({ store, extractors: extractorsOf(extractor) });

async function readFeatures(store: MemoryStore, key: string): Promise<ReadonlyMap<string, number[]>> {
  const { hashes, dimensions, matrix } = await decodeShard(await store.get(key));
  return new Map(
    hashes.map((sha256, row) => [sha256, [...matrix.subarray(row * dimensions, (row + 1) * dimensions)]]),
  );
}

/** An extractor that a picture crashes. */
function createPoisoned(poison: string): FakeExtractor {
  return createFakeExtractor((name) => {
    if (name === poison) throw new ExtractorCrashed('The extractor process died.');
    return mealFeature(name);
  });
}

const vectorOf = (image: ExtractedImage): number[] => (image.kind === 'feature' ? [...image.vector] : []);

/** A heartbeat at each progress, where otherwise most are saved. */
const EVERY_BEAT = { heartbeatTimeoutMs: 0 };

describe('extractBatch', () => {
  test('writes one shard that holds the feature of every picture by its hash', async () => {
    const { store, request } = await storeBatch();
    const activities = activitiesOf(store, createFakeExtractor());
    const result = await runActivity(() => activities.extractBatch(request));
    expect(result).toMatchObject({ features: 3, refused: 0, shard: shardKey(NAMES) });
    expect(result.seconds).toMatchObject({ decode: 1, inference: 2 });
    expect(store.changes).toEqual([shardKey(NAMES)]);
    const features = await readFeatures(store, shardKey(NAMES));
    expect(features.size).toBe(3);
    for (const name of NAMES) expect(features.get(imageHash(name))).toEqual(vectorOf(mealFeature(name)));
  });

  test('computes nothing, and reads no picture, where the shard is there already', async () => {
    const { store, request } = await storeBatch();
    await runActivity(() => activitiesOf(store, createFakeExtractor()).extractBatch(request));
    const extractor = createFakeExtractor();
    store.changes.length = 0;
    store.reads.length = 0;
    const again = await runActivity(() => activitiesOf(store, extractor).extractBatch(request));
    expect(again).toMatchObject({ features: 3, refused: 0, shard: shardKey(NAMES) });
    expect(extractor.calls).toEqual([]);
    expect(store.changes).toEqual([]);
    expect(store.reads).not.toContain(keyOf('food 1'));
  });

  test('remembers refused pictures before the shard, and leaves them out of it', async () => {
    const { store, request } = await storeBatch();
    const see = (name: string): ExtractedImage =>
      name === 'food 2' ? { kind: 'refused', reason: 'ends too early' } : mealFeature(name);
    const activities = activitiesOf(store, createFakeExtractor(see));
    const result = await runActivity(() => activities.extractBatch(request));
    const kept = ['food 1', 'plate 1'];
    expect(result).toMatchObject({ features: 2, refused: 1, shard: shardKey(kept) });
    expect(store.changes).toEqual([keys.refusal(FINGERPRINT, imageHash('food 2')), shardKey(kept)]);
    expect([...(await loadRefusals(store, FINGERPRINT))]).toEqual([[imageHash('food 2'), 'ends too early']]);
    expect([...(await readFeatures(store, shardKey(kept))).keys()].toSorted()).toEqual(
      kept.map(imageHash).toSorted(),
    );
  });

  test('writes no shard where every picture is refused', async () => {
    const { store, request } = await storeBatch();
    const activities = activitiesOf(
      store,
      createFakeExtractor(() => ({ kind: 'refused', reason: 'no' })),
    );
    const result = await runActivity(() => activities.extractBatch(request));
    expect(result).toMatchObject({ features: 0, refused: 3 });
    expect(result).not.toHaveProperty('shard');
    expect(shardsOf(store)).toEqual([]);
  });

  test('refuses a picture whose feature is not finite, and stores the others', async () => {
    const { store, request } = await storeBatch();
    const spoilt = Float32Array.of(1, Number.NaN, 0);
    const extractor = createFakeExtractor((name) =>
      name === 'food 2' ? { kind: 'feature', vector: spoilt } : mealFeature(name),
    );
    const result = await runActivity(() => activitiesOf(store, extractor).extractBatch(request));
    expect(result).toMatchObject({ features: 2, refused: 1 });
    expect([...(await loadRefusals(store, FINGERPRINT)).values()]).toEqual([
      'gives a feature with numbers that are not finite',
    ]);
  });

  test('refuses bytes that are not those of the index, for good, and computes no feature of them', async () => {
    const { store, request } = await storeBatch();
    await store.replace(keyOf('food 2'), Buffer.from('something else'));
    const extractor = createFakeExtractor();
    const failure: unknown = await runActivity(() =>
      activitiesOf(store, extractor).extractBatch(request),
    ).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ImageChanged);
    expect(failure).toMatchObject({ retryable: false });
    expect(String(failure)).toContain(keyOf('food 2'));
    expect(String(failure)).toContain(imageHash('something else'));
    expect(extractor.calls).toEqual([]);
    expect(shardsOf(store)).toEqual([]);
  });

  test('holds no picture that the extractor has not asked for', async () => {
    const { store, request } = await storeBatch();
    const asked: string[][] = [];
    const picturesRead = () => store.reads.filter((key) => key.endsWith('.jpg'));
    const activities = activitiesOf(store, {
      ...createFakeExtractor(),
      async extract(pictures) {
        const queue = asQueue(pictures);
        asked.push(picturesRead());
        for (let index = 0; index < queue.count; index++) {
          await queue.read(index);
          asked.push(picturesRead());
        }
        return { images: NAMES.map((name) => mealFeature(name)), seconds: { decode: 0, inference: 0 } };
      },
    });
    const { seconds } = await runActivity(() => activities.extractBatch(request));
    const keysOf = (count: number): string[] => NAMES.slice(0, count).map(keyOf);
    expect(asked).toEqual([0, 1, 2, 3].map(keysOf));
    expect(seconds.read).toBeGreaterThan(0);
  });

  test('two executions at once whose machines round otherwise both succeed, and the first shard stays', async () => {
    const { store, request } = await storeBatch();
    const machines = [1, 2].map((salt) =>
      activitiesOf(
        store,
        createFakeExtractor((name) => mealFeature(name, salt)),
      ),
    );
    const results = await Promise.all(
      machines.map((machine) => runActivity(() => machine.extractBatch(request))),
    );
    for (const result of results) expect(result).toMatchObject({ features: 3, shard: shardKey(NAMES) });
    expect(store.changes).toEqual([shardKey(NAMES)]);
    const salts = [...(await readFeatures(store, shardKey(NAMES))).values()].map((vector) => vector[2]);
    expect(new Set(salts).size).toBe(1);
  });

  test('heartbeats counts alone, at every picture that is read or done', async () => {
    const { store, request } = await storeBatch();
    const context = openActivityContext(EVERY_BEAT);
    await context.run(() => activitiesOf(store, createFakeExtractor()).extractBatch(request));
    expect(context.heartbeats).toEqual([
      { read: 1, done: 0, images: 3 },
      { read: 2, done: 0, images: 3 },
      { read: 3, done: 0, images: 3 },
      { read: 3, done: 1, images: 3 },
      { read: 3, done: 2, images: 3 },
      { read: 3, done: 3, images: 3 },
    ]);
  });

  test('heartbeats for itself although the extractor’s process was started by another batch', async () => {
    const { store, request } = await storeBatch();
    const starter = openActivityContext();
    const channel = await starter.run(() => Promise.resolve(new AsyncResource('channel of a process')));
    const fake = createFakeExtractor();
    const shared: FeatureExtractor = {
      ...fake,
      extract: (pictures, options = {}) =>
        fake.extract(pictures, {
          ...options,
          onProgress: (done) => channel.runInAsyncScope(() => options.onProgress?.(done)),
        }),
    };
    const context = openActivityContext(EVERY_BEAT);
    await context.run(() => activitiesOf(store, shared).extractBatch(request));
    expect(starter.heartbeats).toEqual([]);
    expect(context.heartbeats.at(-1)).toEqual({ read: 3, done: 3, images: 3 });
  });

  test('heartbeats while it waits for an extractor that is being fetched or tuned', async () => {
    const { store, request } = await storeBatch();
    const context = openActivityContext({ heartbeatTimeoutMs: 30 });
    const activities = createExtractionActivities({
      store,
      extractors: {
        get: async () => {
          await expect.poll(() => context.heartbeats.length).toBeGreaterThanOrEqual(3);
          return { backbone: BACKBONE, extractor: createFakeExtractor() };
        },
      },
    });
    expect(await context.run(() => activities.extractBatch(request))).toMatchObject({ features: 3 });
  });

  test('heartbeats while an earlier batch keeps the extractor busy, and no longer', async () => {
    const { store, request } = await storeBatch();
    const calls: { progress: (done: number) => void; fail: (reason: Error) => void }[] = [];
    const activities = activitiesOf(store, {
      ...createFakeExtractor(),
      async extract(pictures, { onProgress } = {}) {
        const queue = asQueue(pictures);
        for (let index = 0; index < queue.count; index++) await queue.read(index);
        return new Promise((_resolve, fail) => calls.push({ progress: (done) => onProgress?.(done), fail }));
      },
    });
    const [early, late] = [openActivityContext(EVERY_BEAT), openActivityContext(EVERY_BEAT)];
    const running = [early.run(() => activities.extractBatch(request))];
    await expect.poll(() => calls).toHaveLength(1);
    running.push(late.run(() => activities.extractBatch(request)));
    await expect.poll(() => calls).toHaveLength(2);
    const counts = () => [early.heartbeats.length, late.heartbeats.length];
    const READ = NAMES.length;
    expect(counts()).toEqual([READ, READ]);
    expect(early.heartbeats.at(-1)).toEqual({ read: 3, done: 0, images: 3 });

    calls[0]?.progress(1);
    expect(counts()).toEqual([READ + 1, READ + 1]);
    expect(late.heartbeats.at(-1)).toEqual({ read: 3, done: 0, images: 3 });
    calls[1]?.progress(1);
    expect(counts()).toEqual([READ + 1, READ + 2]);

    const end = new ExtractorCrashed('the test ends');
    calls[1]?.fail(end);
    await expect(running[1]).rejects.toMatchObject({ cause: end });
    calls[0]?.progress(2);
    expect(counts()).toEqual([READ + 2, READ + 2]);
    calls[0]?.fail(end);
    await expect(running[0]).rejects.toMatchObject({ cause: end });
  });

  test('rejects with the signal’s reason when cancelled, and writes nothing', async () => {
    const { store, request } = await storeBatch();
    const context = openActivityContext();
    const reason = new Error('CANCELLED');
    const see = (name: string): ExtractedImage => {
      context.cancel(reason);
      return mealFeature(name);
    };
    const activities = activitiesOf(store, createFakeExtractor(see));
    await expect(context.run(() => activities.extractBatch(request))).rejects.toBe(reason);
    expect(store.changes).toEqual([]);
  });

  test('stops reading pictures when cancelled', async () => {
    const names = Array.from({ length: 40 }, (_, number) => `food ${number}`);
    const { store, request } = await storeBatch(names);
    const extractor = createFakeExtractor();
    const context = openActivityContext();
    const reason = new Error('CANCELLED');
    context.cancel(reason);
    const activities = activitiesOf(store, extractor);
    await expect(context.run(() => activities.extractBatch(request))).rejects.toBe(reason);
    expect(store.reads.filter((key) => key.endsWith('.jpg'))).toEqual([]);
    expect(extractor.calls).toEqual([]);
  });

  test('hands on the crash of the extractor, which a retry may cure, and writes nothing', async () => {
    const { store, request } = await storeBatch();
    const crash = new ExtractorCrashed('out of memory');
    const crashing: FeatureExtractor = { ...createFakeExtractor(), extract: () => Promise.reject(crash) };
    const failure: unknown = await runActivity(() =>
      activitiesOf(store, crashing).extractBatch(request),
    ).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      ...{ type: 'ExtractorCrashed', cause: crash, nonRetryable: false },
      details: [{ images: 3, engine: 'fake' }],
    });
    expect(store.changes).toEqual([]);
    const again = await runActivity(() => activitiesOf(store, createFakeExtractor()).extractBatch(request));
    expect(again.features).toBe(3);
  });

  test('a second crash of a batch, and a crash of a part, are for the workflow to halve', async () => {
    const { store, request } = await storeBatch();
    const extractor = createPoisoned('food 2');
    const activities = activitiesOf(store, extractor);
    const second = openActivityContext({ attempt: 2 });
    await expect(second.run(() => activities.extractBatch(request))).rejects.toMatchObject({
      ...{ type: 'ExtractorCrashed', nonRetryable: true },
      details: [{ images: 3, engine: 'fake' }],
    });
    await expect(runActivity(() => activities.extractBatch({ ...request, part: 'a' }))).rejects.toMatchObject(
      {
        ...{ nonRetryable: true, details: [{ images: 2, engine: 'fake' }] },
      },
    );
    expect(extractor.calls).toHaveLength(2);
  });

  test('a picture that is alone crashes twice before it counts, and is then left out', async () => {
    const { store, request } = await storeBatch();
    const extractor = createPoisoned('food 2');
    const activities = activitiesOf(store, extractor);
    const lone = { ...request, part: 'ab' };
    await expect(runActivity(() => activities.extractBatch(lone))).rejects.toMatchObject({
      details: [{ images: 1, engine: 'fake' }],
    });
    expect(extractor.calls).toEqual([['food 2'], ['food 2']]);
    await runActivity(() => activities.quarantineCrashed({ ...lone, engine: 'fake' }));
    const reason = 'crashed the extractor twice while it was alone (fake)';
    expect([...(await loadCrashes(store, FINGERPRINT, 'fake'))]).toEqual([[imageHash('food 2'), reason]]);
    expect((await loadCrashes(store, FINGERPRINT, 'onnx-cuda')).size).toBe(0);

    const later = await runActivity(() => activities.extractBatch({ ...request, mayHaveCrashed: true }));
    expect(later).toMatchObject({ features: 2, refused: 1, shard: shardKey(['food 1', 'plate 1']) });
    const only = await runActivity(() => activities.extractBatch({ ...lone, mayHaveCrashed: true }));
    expect(only).toMatchObject({ features: 0, refused: 1 });
  });

  test('the record of a failure goes when a retry succeeds', async () => {
    const { store, request } = await storeBatch();
    const activities = activitiesOf(store, createFakeExtractor());
    for (const part of [undefined, 'a'])
      await runActivity(() =>
        activities.recordFailedBatch({ ...request, ...(part !== undefined && { part }), cause: 'changed' }),
      );
    const records = () => [...store.objects.keys()].filter((key) => key.includes('/batches/'));
    expect(records()).toHaveLength(2);
    await runActivity(() => activities.extractBatch({ ...request, round: 1 }));
    expect(records()).toEqual([]);

    // A worker that died after it had written the shard leaves the record to the next attempt.
    await runActivity(() => activities.recordFailedBatch({ ...request, cause: 'changed' }));
    await runActivity(() => activities.extractBatch({ ...request, round: 1 }));
    expect(records()).toEqual([]);
  });

  test('an extractor that answers fewer pictures than it was given is an error, never a smaller shard', async () => {
    const { store, request } = await storeBatch();
    const forgetful: FeatureExtractor = {
      ...createFakeExtractor(),
      extract: () =>
        Promise.resolve({ images: [mealFeature('food 1')], seconds: { decode: 0, inference: 0 } }),
    };
    await expect(runActivity(() => activitiesOf(store, forgetful).extractBatch(request))).rejects.toThrow(
      'the extractor answered 1 of 3 pictures',
    );
    expect(store.changes).toEqual([]);
  });
});

test('recordFailedBatch keeps the batch with its images and the cause', async () => {
  const { store, request } = await storeBatch();
  const activities = activitiesOf(store, createFakeExtractor());
  const recorded = await runActivity(() =>
    activities.recordFailedBatch({ ...request, cause: 'the disk is full' }),
  );
  expect(recorded).toEqual({ images: 3 });
  const file = await store.get(keys.runBatch('r', 'training-0000'));
  expect(JSON.parse(Buffer.from(file).toString())).toEqual({
    id: 'training-0000',
    split: 'training',
    cause: 'the disk is full',
    images: NAMES.map((name) => ({ sha256: imageHash(name), key: keyOf(name) })),
  });
});
