import { expect, test } from 'vitest';
import { ExtractorCrashed } from '../../engines/feature-extractor.js';
import { createExtractorCalls } from '../../engines/extractor/extractor-calls.js';
import type { ToExtractor } from '../../engines/extractor/extractor-messages.js';
import { asQueue } from '../../engines/batching/picture-queue.js';
import { createPictureWindow } from '../../engines/extractor/picture-window.js';
import { createPixelBudget } from '../../engines/decode/pixel-budget.js';
import { createWaitingRoom } from '../../engines/extractor/waiting-room.js';

const bytes = (length: number) => new Uint8Array(length);

const fail = (reason: unknown): void => {
  throw new Error('Expected every picture to be read.', { cause: reason });
};

/** A queue whose pictures are read when the test says so. */
function openSlowQueue(count: number) {
  const asked = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (reason: Error) => void }>();
  const read = (index: number) =>
    new Promise<Uint8Array>((resolve, reject) => asked.set(index, { resolve, reject }));
  const finish = async (index: number, length: number): Promise<void> => {
    asked.get(index)?.resolve(bytes(length));
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue: { count, read }, asked, finish };
}

test('pictures under way between the processes stay within the window, and a larger one goes alone', () => {
  const sent: string[] = [];
  const window = createPictureWindow(100, (call, _index, { length }) => sent.push(`${call}:${length}`));
  window.add(1, asQueue([bytes(60), bytes(30), bytes(20)]), fail);
  window.add(2, asQueue([bytes(500), bytes(1)]), fail);
  expect(sent).toEqual(['1:60', '1:30']);
  window.taken(1, 60);
  expect(sent.slice(2)).toEqual(['1:20']);
  window.taken(1, 30);
  window.taken(1, 20);
  expect(sent.slice(3)).toEqual(['2:500']);
  window.taken(2, 500);
  expect(sent.slice(4)).toEqual(['2:1']);
});

test('a dropped call makes room for the others, and its late receipts count for nobody', () => {
  const sent: string[] = [];
  const window = createPictureWindow(100, (call, _index, { length }) => sent.push(`${call}:${length}`));
  window.add(1, asQueue([bytes(90), bytes(50)]), fail);
  window.add(2, asQueue([bytes(80), bytes(70)]), fail);
  window.drop(1);
  expect(sent).toEqual(['1:90', '2:80']);
  window.taken(1, 90);
  expect(sent).toHaveLength(2);
  window.taken(2, 80);
  expect(sent).toEqual(['1:90', '2:80', '2:70']);
});

test('pictures are read a few at once, sent in their order, and no more are read while the window is full', async () => {
  const sent: string[] = [];
  const window = createPictureWindow(100, (call, _index, { length }) => sent.push(`${call}:${length}`));
  const { queue, asked, finish } = openSlowQueue(30);
  window.add(1, queue, fail);
  expect([...asked.keys()]).toEqual(Array.from({ length: 16 }, (_, index) => index));
  await finish(1, 20);
  expect(sent).toEqual([]);
  await finish(0, 30);
  expect(sent).toEqual(['1:30', '1:20']);
  expect(asked.size).toBe(18);
  await finish(2, 60);
  await finish(3, 10);
  expect(sent).toHaveLength(2);
  expect(asked.size).toBe(18);
  window.taken(1, 30);
  expect(sent.slice(2)).toEqual(['1:60', '1:10']);
  expect(asked.size).toBe(20);
});

test('a picture that cannot be read ends its call with the reason, and no other', async () => {
  const sent: ToExtractor[] = [];
  const calls = createExtractorCalls((message) => sent.push(message));
  const { queue, asked } = openSlowQueue(2);
  const failing = calls.extract(queue);
  void calls.extract([bytes(1)]);
  expect(calls.isReading).toBe(true);
  const reason = new Error('the store is down');
  asked.get(1)?.reject(reason);
  await expect(failing).rejects.toBe(reason);
  expect(sent.slice(2)).toEqual([
    { kind: 'drop', call: 1 },
    { kind: 'picture', call: 2, index: 0, bytes: bytes(1) },
  ]);
  expect(calls.isReading).toBe(false);
  expect(calls.pictures).toBe(1);
  asked.get(0)?.reject(reason);
});

test('pictures that are files are sent only if they are asked for, and not to a call that is over', async () => {
  const sent: ToExtractor[] = [];
  const calls = createExtractorCalls((message) => sent.push(message));
  const { queue, asked, finish } = openSlowQueue(2);
  const files = [0, 1].map((index) => ({ path: `/pictures/${index}.jpg`, sha256: 'abc' }));
  const call = calls.extract({ ...queue, files });
  expect(sent).toEqual([{ kind: 'call', call: 1, count: 2, files }]);
  expect(asked.size).toBe(0);
  calls.receive({ kind: 'wanted', call: 1, index: 1 });
  calls.receive({ kind: 'wanted', call: 1, index: 0 });
  expect(calls.isReading).toBe(true);
  await finish(1, 5);
  expect(sent.slice(1)).toEqual([{ kind: 'picture', call: 1, index: 1, bytes: bytes(5) }]);
  const reason = new Error('the store is down');
  asked.get(0)?.reject(reason);
  await expect(call).rejects.toBe(reason);
  expect(sent.slice(2)).toEqual([{ kind: 'drop', call: 1 }]);
  calls.receive({ kind: 'wanted', call: 1, index: 0 });
  expect(calls.isReading).toBe(false);
  expect(sent).toHaveLength(3);
});

test('an abort tells the process to drop the call and rejects with the reason at once', async () => {
  const sent: ToExtractor[] = [];
  const calls = createExtractorCalls((message) => sent.push(message));
  const abort = new AbortController();
  const call = calls.extract([bytes(1)], { signal: abort.signal });
  const reason = new Error('changed my mind');
  abort.abort(reason);
  await expect(call).rejects.toBe(reason);
  expect(sent.map(({ kind }) => kind)).toEqual(['call', 'picture', 'drop']);
  expect(calls.pictures).toBe(0);
});

test('a failure in the process says whether a retry may help', async () => {
  const calls = createExtractorCalls(() => undefined);
  const call = calls.extract([bytes(1)]);
  calls.receive({ kind: 'failed', call: 1, message: 'out of handles', retryable: true });
  await expect(call).rejects.toMatchObject({ message: 'out of handles', retryable: true });
  const crashed = calls.extract([bytes(1)]);
  const message = 'The thread that runs the network failed.';
  calls.receive({ kind: 'failed', call: 2, message, retryable: true, type: 'ExtractorCrashed' });
  await expect(crashed).rejects.toBeInstanceOf(ExtractorCrashed);
});

test('whoever waits for a picture of a call that is over is told', async () => {
  const taken: number[] = [];
  const room = createWaitingRoom(3, (size) => taken.push(size));
  const first = room.read(0);
  room.admit(0, bytes(7));
  expect(await first).toHaveLength(7);
  room.admit(1, bytes(5));
  expect(await room.read(1)).toHaveLength(5);
  expect(taken).toEqual([7, 5]);
  const third = room.read(2);
  room.shut(new Error('over'));
  await expect(third).rejects.toThrow('over');
  await expect(room.read(2)).rejects.toThrow('over');
});

test('large pictures are decoded one after the other, small ones together', async () => {
  const budget = createPixelBudget(100);
  let together = 0;
  let most = 0;
  const task = async () => {
    most = Math.max(most, ++together);
    await new Promise((resolve) => setImmediate(resolve));
    together--;
  };
  await Promise.all([1, 2, 3].map(() => budget.spend(500, task)));
  expect(most).toBe(1);
  await Promise.all([1, 2, 3].map(() => budget.spend(50, task)));
  expect(most).toBe(2);
  await expect(budget.spend(100, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  await budget.spend(100, task);
});
