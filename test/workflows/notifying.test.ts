import { describe, expect } from 'vitest';
import { ImageChanged } from '../../activities/batch-pictures.js';
import { createWebhook } from '../../notifications/webhook.js';
import { StoreUnavailable } from '../../storage/object-store.js';
import { pauseUpdate, resumeUpdate, retryUpdate } from '../../workflows/messages.js';
import type { Progress } from '../../workflows/progress.js';
import { createLatch } from '../support/latch.js';
import { needs, testWith } from '../support/needs.js';
import { startReceiver } from '../support/webhook-receiver.js';
import { TIMING, failureOf, startWorker, waitFor } from './test-worker.js';

const input = { dataset: 'sample', timing: TIMING };

const nothing = (): Promise<void> => Promise.resolve();

describe('the webhook is told', () => {
  testWith([needs.temporalCli], 'that a run has finished, once, with counts and accuracy', async () => {
    const receiver = await startReceiver();
    const { start } = await startWorker(3, nothing, { webhook: createWebhook(receiver) });
    const { runId } = await (await start(input)).result();
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
    expect(receiver.told()).toEqual([
      {
        version: 1,
        event: 'finished',
        runId,
        workflowId: 'run-under-test',
        dataset: 'sample',
        backbone: 'efficientnet-lite0',
        status: 'completed',
        startedAt: time,
        finishedAt: time,
        counts: {
          ...{ pictures: 30, reused: 0, computed: 30, refused: 0, failed: 0 },
          ...{ batches: 3, failedBatches: 0 },
        },
        accuracy: 0.9,
        positive: 'food',
        model: 'm',
        promotion: 'kept',
        keys: { metrics: 'm', receipt: 'r', report: 'p' },
      },
    ]);
    expect(receiver.received[0]?.headers['x-graft-delivery']).toBe(`${runId}-1`);
  });

  testWith(
    [needs.temporalCli],
    'that a run awaits a retry, once, and that it finished after it',
    async () => {
      let isBroken = true;
      const receiver = await startReceiver();
      const { start } = await startWorker(
        3,
        ({ batchId }) =>
          isBroken && batchId === 'training-0001'
            ? Promise.reject(new ImageChanged('a picture changed'))
            : Promise.resolve(),
        { webhook: createWebhook(receiver) },
      );
      const run = await start(input);
      await waitFor(() => Promise.resolve(receiver.received.length > 0));
      expect(receiver.told()).toMatchObject([
        {
          event: 'awaiting-retry',
          status: 'awaiting-retry',
          stage: 'extract',
          because: '1 failed batch; training-0001: a picture changed',
          counts: { computed: 20, failed: 10, failedBatches: 1 },
        },
      ]);
      await run.executeUpdate(pauseUpdate, { args: ['lunch'] });
      await run.executeUpdate(resumeUpdate);
      isBroken = false;
      await run.executeUpdate(retryUpdate, { args: [undefined] });
      await run.result();
      expect(receiver.told().map(({ event }) => event)).toEqual(['awaiting-retry', 'finished']);
    },
  );

  testWith(
    [needs.temporalCli],
    'that trouble has paused a run, each time, but not of a pause by hand',
    async () => {
      let isDown = true;
      const latch = createLatch();
      const receiver = await startReceiver();
      const { start } = await startWorker(
        3,
        () => (isDown ? Promise.reject(new StoreUnavailable('the store does not answer')) : latch.opened),
        { webhook: createWebhook(receiver) },
      );
      const run = await start({ ...input, window: 1 });
      const untilTold = (times: number) => waitFor(() => Promise.resolve(receiver.received.length >= times));
      await untilTold(1);
      await run.executeUpdate(resumeUpdate);
      await untilTold(2);
      expect(receiver.told()).toMatchObject(
        Array(2).fill({ event: 'paused', stage: 'extract', because: 'the store does not answer' }),
      );
      isDown = false;
      await run.executeUpdate(resumeUpdate);
      await run.executeUpdate(pauseUpdate, { args: ['lunch'] });
      await run.executeUpdate(resumeUpdate);
      latch.open();
      await run.result();
      expect(receiver.told().map(({ event }) => event)).toEqual(['paused', 'paused', 'finished']);
    },
  );

  testWith([needs.temporalCli], 'that a run has failed, and why', async () => {
    const receiver = await startReceiver();
    const { start } = await startWorker(2, () => Promise.reject(new ImageChanged('a picture changed')), {
      webhook: createWebhook(receiver),
    });
    await failureOf(await start({ ...input, onFailedBatches: 'fail' }));
    expect(receiver.told()).toMatchObject([
      { event: 'failed', status: 'failed', stage: 'extract', failureType: 'BatchesFailed' },
    ]);
    expect(receiver.told()[0]?.because).toContain('20 of 20 pictures have no features');
  });

  testWith([needs.temporalCli], 'of pictures that an earlier run refused, among the refused', async () => {
    const receiver = await startReceiver();
    const { start } = await startWorker(0, nothing, {
      webhook: createWebhook(receiver),
      planExtraction: () =>
        Promise.resolve({
          ...{ fingerprint: 'f'.repeat(64), images: 0, reused: 8, refused: 2, batches: 0 },
          ...{ reasons: {}, segments: [] },
        }),
    });
    await (await start(input)).result();
    expect(receiver.told()).toMatchObject([{ counts: { pictures: 10, reused: 8, computed: 0, refused: 2 } }]);
  });

  testWith([needs.temporalCli], 'that a run was cancelled', async () => {
    const receiver = await startReceiver();
    const latch = createLatch();
    const { start } = await startWorker(2, () => latch.opened, { webhook: createWebhook(receiver) });
    const run = await start(input);
    await waitFor(async () => (await run.query<Progress>('progress')).stage === 'extract');
    await run.cancel();
    latch.open();
    await expect(run.result()).rejects.toThrow();
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(receiver.told()).toMatchObject([{ event: 'cancelled', status: 'cancelled', stage: 'extract' }]);
  });
});

describe('a run ends as it would without a webhook', () => {
  testWith([needs.temporalCli], 'where the receiver fails twice, and is told the same at last', async () => {
    const receiver = await startReceiver((response, number) => {
      response.writeHead(number < 3 ? 500 : 204).end();
    });
    const { start } = await startWorker(1, nothing, { webhook: createWebhook(receiver) });
    expect((await (await start(input)).result()).status).toBe('completed');
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  testWith([needs.temporalCli], 'where the receiver refuses, and says so', async () => {
    const receiver = await startReceiver((response) => void response.writeHead(404).end());
    const { start } = await startWorker(1, nothing, { webhook: createWebhook(receiver) });
    const run = await start(input);
    expect((await run.result()).status).toBe('completed');
    expect(receiver.received).toHaveLength(1);
    const { stage, undelivered } = await run.query<Progress>('progress');
    expect(stage).toBe('completed');
    expect(undelivered).toBe(
      `finished was not delivered: The webhook at ${receiver.url.origin} answered with status 404, expected 200 to 299.`,
    );
  });

  testWith([needs.temporalCli], 'where the receiver never answers, after four attempts', async () => {
    const receiver = await startReceiver(() => undefined);
    const { start } = await startWorker(1, nothing, {
      webhook: createWebhook(receiver, { timeoutMs: 500 }),
    });
    const run = await start(input);
    expect((await run.result()).status).toBe('completed');
    expect(receiver.received).toHaveLength(4);
    expect((await run.query<Progress>('progress')).undelivered).toContain('did not answer within 0.5 s');
  });

  testWith(
    [needs.temporalCli],
    'where it is cancelled while the receiver is told that it finished',
    async () => {
      let answer: () => void = () => undefined;
      const receiver = await startReceiver((response) => {
        answer = () => void response.writeHead(204).end();
      });
      const { start, store } = await startWorker(1, nothing, { webhook: createWebhook(receiver) });
      const run = await start(input);
      await waitFor(() => Promise.resolve(receiver.received.length > 0));
      await run.cancel();
      answer();
      expect((await run.result()).status).toBe('completed');
      expect(receiver.told().map(({ event }) => event)).toEqual(['finished']);
      const { runId } = await run.query<Progress>('progress');
      expect(store.objects.has(`runs/${runId}/outcome.json`)).toBe(false);
    },
  );

  testWith([needs.temporalCli], 'and schedules nothing where there is none', async () => {
    const { start } = await startWorker(1, nothing);
    const run = await start(input);
    await run.result();
    const { events } = await run.fetchHistory();
    const scheduled = (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
    );
    expect(scheduled).not.toContain('notify');
    const markers = (events ?? []).filter((event) => event.markerRecordedEventAttributes != null);
    expect(JSON.stringify(markers)).not.toContain('notify');
  });
});
