import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import type { Decoder } from '../../engines/decode/decode.js';
import { countTensors } from '../../engines/choice/engine-options.js';
import type { InferenceEngine, MicroBatchPixels } from '../../engines/thread/inference-engine.js';
import { createMicroBatchRunner } from '../../engines/batching/micro-batch.js';
import { runInMicroBatches } from '../../engines/batching/micro-batches.js';
import { queueOf } from '../../engines/batching/picture-queue.js';

const MICRO_BATCH = 4;
const SIDE = 2;
const ROW_BYTES = SIDE * SIDE * 3;

/** A network whose only feature is the first byte of each picture, and that waits for `gate` before every answer. */
function fakeEngine(gate: () => Promise<void> = () => Promise.resolve()) {
  const seen: MicroBatchPixels[] = [];
  const engine: InferenceEngine = {
    description: { name: 'fake', version: 'fake 1.0.0', threads: 1 },
    microBatch: MICRO_BATCH,
    sessions: 1,
    infer: async (pixels) => {
      seen.push(pixels);
      await gate();
      const features = Float32Array.from({ length: MICRO_BATCH }, (_, row) => pixels[row * ROW_BYTES] ?? -1);
      return { features, pixels, seconds: 1 };
    },
    close: () => Promise.resolve(),
  };
  return { engine, seen };
}

/** A picture is one byte; 0 is refused. */
function fakeDecoder() {
  const decoded: number[] = [];
  const decode: Decoder = (bytes, target) => {
    const value = bytes[0] ?? 0;
    decoded.push(value);
    if (value === 0) return Promise.resolve({ reason: 'is nought' });
    target.fill(value);
    return Promise.resolve(undefined);
  };
  return { decode, decoded };
}

const runnerOf = (engine: InferenceEngine, decode: Decoder) =>
  createMicroBatchRunner({
    engine,
    decode,
    inputSize: SIDE,
    dimensions: 1,
    decoders: 2,
    tensors: countTensors(engine.sessions),
  });

const pictures = (values: readonly number[]) => queueOf(values.map((value) => Uint8Array.of(value)));

test('each picture gets its own feature or refusal, whatever the mixture', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(255), { maxLength: 30 }), async (values) => {
      const run = runnerOf(fakeEngine().engine, fakeDecoder().decode);
      const { images } = await runInMicroBatches(pictures(values), run);
      expect(images).toEqual(
        values.map((value) =>
          value === 0
            ? { kind: 'refused', reason: 'is nought' }
            : { kind: 'feature', vector: Float32Array.of(value) },
        ),
      );
    }),
  );
});

test('the network always sees whole micro-batches, in memory that goes round', async () => {
  const { engine, seen } = fakeEngine();
  await runInMicroBatches(
    pictures([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]),
    runnerOf(engine, fakeDecoder().decode),
  );
  expect(seen).toHaveLength(5);
  expect(seen.every(({ length }) => length === MICRO_BATCH * ROW_BYTES)).toBe(true);
  expect(new Set(seen.map(({ buffer }) => buffer)).size).toBeLessThanOrEqual(3);
});

test('the last pictures of a call share their micro-batch with the next call', async () => {
  const { engine, seen } = fakeEngine();
  const run = runnerOf(engine, fakeDecoder().decode);
  const calls = [
    [1, 2, 3, 4, 5],
    [6, 7, 8],
    [9, 0, 11, 12],
  ].map((values) => runInMicroBatches(pictures(values), run));
  const results = await Promise.all(calls);
  const vectors = results.map(({ images }) =>
    images.map((image) => (image.kind === 'feature' ? image.vector[0] : image.reason)),
  );
  expect(vectors).toEqual([
    [1, 2, 3, 4, 5],
    [6, 7, 8],
    [9, 'is nought', 11, 12],
  ]);
  expect(seen).toHaveLength(3);
});

test('a picture that cannot be read ends its own call, and not the one that shares its micro-batch', async () => {
  const run = runnerOf(fakeEngine().engine, fakeDecoder().decode);
  const reason = new Error('the store is down');
  const failing = runInMicroBatches({ count: 2, read: () => Promise.reject(reason) }, run);
  const other = runInMicroBatches(pictures([7]), run);
  await expect(failing).rejects.toBe(reason);
  expect((await other).images).toEqual([{ kind: 'feature', vector: Float32Array.of(7) }]);
});

test('progress is told once a micro-batch', async () => {
  const told: number[] = [];
  const run = runnerOf(fakeEngine().engine, fakeDecoder().decode);
  await runInMicroBatches(pictures([1, 2, 3, 4, 5, 6]), run, { onProgress: (done) => told.push(done) });
  expect(told).toEqual([4, 6]);
});

test('pictures of the next call are decoded while the network works on this one, but only so many', async () => {
  const gate = openGate();
  const { decode, decoded } = fakeDecoder();
  const run = runnerOf(fakeEngine(gate.wait).engine, decode);
  const first = runInMicroBatches(pictures([1, 1, 1, 1]), run);
  const second = runInMicroBatches(pictures(Array.from({ length: 40 }, () => 2)), run);
  await expect.poll(() => decoded.filter((value) => value === 2).length).toBe(2 * MICRO_BATCH);
  await new Promise((resolve) => setImmediate(resolve));
  expect(decoded.filter((value) => value === 2)).toHaveLength(2 * MICRO_BATCH);
  gate.open();
  expect((await first).images).toHaveLength(4);
  expect((await second).images).toHaveLength(40);
});

test('a failure of the network fails its call, and the next call has tensors to work with', async () => {
  let failures = 6;
  const { engine } = fakeEngine(() =>
    failures-- > 0 ? Promise.reject(new Error('the network failed')) : Promise.resolve(),
  );
  const run = runnerOf(engine, fakeDecoder().decode);
  for (let call = 0; call < 6; call++)
    await expect(runInMicroBatches(pictures([5]), run)).rejects.toThrow('the network failed');
  expect((await runInMicroBatches(pictures([5]), run)).images).toHaveLength(1);
});

test('an aborted call decodes nothing more', async () => {
  const gate = openGate();
  const { decode, decoded } = fakeDecoder();
  const run = runnerOf(fakeEngine(gate.wait).engine, decode);
  const abort = new AbortController();
  const call = runInMicroBatches(pictures(Array.from({ length: 80 }, () => 3)), run, {
    signal: abort.signal,
  });
  await expect.poll(() => decoded.length).toBe(3 * MICRO_BATCH);
  abort.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
  gate.open();
  expect((await runInMicroBatches(pictures([4]), run)).images).toHaveLength(1);
  expect(decoded.filter((value) => value === 3)).toHaveLength(3 * MICRO_BATCH);
});

/** A door that everybody waits at until it is opened once and for all. */
function openGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait: () => opened, open: () => open() };
}

test('no more pictures are read than are decoded', async () => {
  let read = 0;
  let decoded = 0;
  const decode: Decoder = async (_bytes, target) => {
    expect(read - decoded).toBeLessThanOrEqual(2);
    await new Promise((resolve) => setImmediate(resolve));
    decoded++;
    target.fill(1);
    return undefined;
  };
  const queue = {
    count: 10,
    read: () => {
      read++;
      return Promise.resolve(Uint8Array.of(1));
    },
  };
  const { images } = await runInMicroBatches(queue, runnerOf(fakeEngine().engine, decode));
  expect([images.length, read, decoded]).toEqual([10, 10, 10]);
});
