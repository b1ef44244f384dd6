import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NO_WORKER, PATIENCE_MS, awaitWorker } from '../../cli/await-worker.js';
import { Interrupted } from '../../cli/interrupted.js';

const never = new Promise<never>(() => undefined);
const waiter = { session: { failed: never }, interruption: { requested: never } };

let told: string[];
beforeEach(() => {
  told = [];
  vi.useFakeTimers();
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('an answer is handed on, and nothing is told where it comes soon', async () => {
  expect(await awaitWorker(Promise.resolve('done'), waiter)).toBe('done');
  await vi.advanceTimersByTimeAsync(10 * PATIENCE_MS);
  expect(told).toEqual([]);
});

test('a long silence is told once, and waited out', async () => {
  let answer: (text: string) => void = () => undefined;
  const awaited = awaitWorker(new Promise<string>((resolve) => (answer = resolve)), waiter);
  await vi.advanceTimersByTimeAsync(10 * PATIENCE_MS);
  expect(told).toEqual([NO_WORKER]);
  answer('late');
  expect(await awaited).toBe('late');
});

test('Ctrl-C ends the wait, and so does a session that fails', async () => {
  const interrupted = awaitWorker(never, { ...waiter, interruption: { requested: Promise.resolve() } });
  await expect(interrupted).rejects.toThrow(Interrupted);
  await expect(interrupted).rejects.toThrow('may still be done');
  const reason = new Error('the server is gone');
  const failed = awaitWorker(never, { ...waiter, session: { failed: Promise.reject(reason) } });
  await expect(failed).rejects.toBe(reason);
});
