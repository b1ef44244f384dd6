import { Context } from '@temporalio/activity';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createPulse, withHeartbeats } from '../../activities/heartbeats.js';
import { openActivityContext } from '../support/activity-context.js';

test('heartbeats by itself while the work says nothing, and repeats what it said last', async () => {
  const context = openActivityContext({ heartbeatTimeoutMs: 30 });
  await context.run(() =>
    withHeartbeats(async (_, tell) => {
      await expect.poll(() => context.heartbeats).toContainEqual({});
      tell({ done: 7 });
      const told = context.heartbeats.length;
      await expect.poll(() => context.heartbeats.length).toBeGreaterThan(told);
    }),
  );
  expect(context.heartbeats.at(-1)).toEqual({ done: 7 });
});

test('falls silent when the work has ended, well or not', async () => {
  const context = openActivityContext({ heartbeatTimeoutMs: 3 });
  await context.run(() => withHeartbeats(() => Promise.resolve()));
  const failure = new Error('no');
  await expect(context.run(() => withHeartbeats(() => Promise.reject(failure)))).rejects.toBe(failure);
  const before = context.heartbeats.length;
  await sleep(30);
  expect(context.heartbeats).toHaveLength(before);
});

test('hands the work the signal that cancellation aborts', async () => {
  const context = openActivityContext();
  const reason = new Error('CANCELLED');
  const work = context.run(() =>
    withHeartbeats(
      (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
        ),
    ),
  );
  context.cancel(reason);
  await expect(work).rejects.toBe(reason);
});

test('a pulse beats at most twenty times per time-out, and not at once: the start counts as a beat', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const context = openActivityContext({ heartbeatTimeoutMs: 20_000 });
  await context.run(() => {
    const beat = createPulse(Context.current());
    for (let done = 0; done < 100; done++) {
      beat({ done });
      vi.advanceTimersByTime(100);
    }
    return Promise.resolve();
  });
  expect(context.heartbeats).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90].map((done) => ({ done })));
});
