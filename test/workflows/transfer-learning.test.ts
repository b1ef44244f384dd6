import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { ImageChanged } from '../../activities/batch-pictures.js';
import { StoreUnavailable } from '../../storage/object-store.js';
import type { UnchangedRun } from '../../runs/run-summary.js';
import { pauseUpdate, resumeUpdate } from '../../workflows/messages.js';
import type { Progress } from '../../workflows/progress.js';
import { createLatch } from '../support/latch.js';
import { needs, testWith } from '../support/needs.js';
import { TIMING, failureOf, startWorker, waitFor } from './test-worker.js';

/** What an earlier run left to one that is the same. */
const EARLIER: Omit<UnchangedRun, 'runId' | 'workflowId' | 'receipt' | 'status' | 'sameAs'> = {
  dataset: 'sample',
  version: 'v',
  backbone: 'b',
  fingerprint: 'f',
  model: 'm',
  positive: 'food',
  evaluation: { accuracy: 0.9, rocAuc: 0.95, averagePrecision: 0.9, logLoss: 0.2, support: 10 },
  classificationReport: 'report',
  keys: { metrics: 'm', receipt: 'r', report: 'p' },
};

describe('the workflow transferLearning', () => {
  testWith([needs.temporalCli], 'runs every stage and tells its progress', async () => {
    const { start, store } = await startWorker(5, () => Promise.resolve());
    const handle = await start({ dataset: 'sample', timing: TIMING });
    const summary = await handle.result();
    expect(summary).toMatchObject({ status: 'completed', receipt: { missing: 0, features: 50 } });

    const progress = await handle.query<Progress>('progress');
    expect(progress.stage).toBe('completed');
    expect(Object.values(progress.stages).map(({ state }) => state)).toEqual(Array(7).fill('done'));
    expect(progress.extraction).toMatchObject({ done: 50, batchesDone: 5, seconds: { decode: 5 } });
    expect(progress.planned).toEqual({ reasons: { new: 50 } });
    expect(progress.stages.plan.note).toBe('50 new, 0 reused → 5 batches');
    const input = await store.get(`runs/${summary.runId}/input.json`);
    expect(JSON.parse(Buffer.from(input).toString())).toMatchObject({ input: { dataset: 'sample' } });
  });

  testWith(
    [needs.temporalCli],
    'is told of its batches as they go, and of the last with the result',
    async () => {
      const pause = 1_100; // longer than between two messages
      const { start } = await startWorker(3, () => sleep(pause));
      const handle = await start({ dataset: 'sample', window: 1, timing: TIMING });
      await handle.result();

      const { extraction } = await handle.query<Progress>('progress');
      expect(extraction).toMatchObject({ done: 30, batchesDone: 3 });
      const { events } = await handle.fetchHistory();
      const names = events?.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName);
      expect(names?.filter((name) => name === 'extraction')).toHaveLength(2);
    },
  );

  testWith([needs.temporalCli], 'ends after extraction where nothing has changed', async () => {
    const { start } = await startWorker(2, () => Promise.resolve(), {
      endIfUnchanged: ({ runId, workflowId, receipt }) =>
        Promise.resolve({ ...EARLIER, runId, workflowId, receipt, status: 'unchanged', sameAs: 'r0' }),
      trainHead: () => Promise.reject(new Error('there is nothing to train')),
    });
    const handle = await start({ dataset: 'sample', timing: TIMING });
    expect(await handle.result()).toMatchObject({
      status: 'unchanged',
      sameAs: 'r0',
      receipt: { missing: 0 },
    });

    const progress = await handle.query<Progress>('progress');
    expect(progress.stage).toBe('unchanged');
    expect(Object.values(progress.stages).map(({ state }) => state)).toEqual([
      ...Array<string>(4).fill('done'),
      ...Array<string>(3).fill('skipped'),
    ]);
    expect(progress.stages.train.note).toBe('unchanged since run r0');
  });

  testWith([needs.temporalCli], 'a paused run does not end as unchanged before it goes on', async () => {
    const latch = createLatch();
    const asked: string[] = [];
    const { start } = await startWorker(2, () => latch.opened, {
      endIfUnchanged: ({ runId }) => {
        asked.push(runId);
        return Promise.resolve(undefined);
      },
    });
    const handle = await start({ dataset: 'sample', timing: TIMING });
    await waitFor(async () => (await handle.query<Progress>('progress')).stage === 'extract');
    await handle.executeUpdate(pauseUpdate, { args: [undefined] });
    latch.open();
    await waitFor(async () => (await handle.query<Progress>('progress')).stages.extract.state === 'done');
    expect(asked).toEqual([]);
    await handle.executeUpdate(resumeUpdate);
    expect((await handle.result()).status).toBe('completed');
    expect(asked).toHaveLength(1);
  });

  testWith([needs.temporalCli], 'gives batches readable activity ids', async () => {
    const { start, client } = await startWorker(3, () => Promise.resolve());
    const handle = await start({ dataset: 'sample', timing: TIMING });
    const { runId } = await handle.result();
    const child = client.workflow.getHandle(`run-under-test-extract-0000-${runId.slice(0, 8)}`);
    const { events } = await child.fetchHistory();
    const ids = (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityId ?? [],
    );
    expect(ids.sort()).toEqual(['extract-training-0000', 'extract-training-0001', 'extract-training-0002']);
  });

  testWith([needs.temporalCli], 'a batch that fails once is tried again and no other is', async () => {
    const attempts = new Map<string, number>();
    const { start } = await startWorker(4, ({ batchId }) => {
      attempts.set(batchId, (attempts.get(batchId) ?? 0) + 1);
      const isFirstOfOne = batchId === 'training-0002' && attempts.get(batchId) === 1;
      return isFirstOfOne
        ? Promise.reject(new StoreUnavailable('the store does not answer'))
        : Promise.resolve();
    });
    const handle = await start({ dataset: 'sample', timing: TIMING });
    await handle.result();
    expect(Object.fromEntries(attempts)).toEqual({
      'training-0000': 1,
      'training-0001': 1,
      'training-0002': 2,
      'training-0003': 1,
    });
  });

  testWith(
    [needs.temporalCli],
    'a batch that keeps failing lets the others finish and fails the run by name',
    async () => {
      const { start, store } = await startWorker(4, ({ batchId }) =>
        batchId === 'training-0001'
          ? Promise.reject(new ImageChanged('a picture changed'))
          : Promise.resolve(),
      );
      const handle = await start({ dataset: 'sample', timing: TIMING, onFailedBatches: 'fail' });
      const failure = await failureOf(handle);
      expect(failure.type).toBe('BatchesFailed');
      expect(failure.message).toContain('10 of 40 pictures have no features, because 1 of 4 batches failed.');
      expect(failure.message).toContain('Batch training-0001: a picture changed');

      const progress = await handle.query<Progress>('progress');
      expect(progress.stage).toBe('failed');
      expect(progress.extraction).toMatchObject({ batchesDone: 3, batchesFailed: 1, failed: 10 });
      expect(progress.stages.extract.state).toBe('failed');
      const outcome = await store.get(`runs/${progress.runId}/outcome.json`);
      expect(JSON.parse(Buffer.from(outcome).toString())).toMatchObject({ status: 'failed' });
    },
  );

  testWith([needs.temporalCli], 'a run whose features get lost fails, and blames no batch', async () => {
    const receipt = {
      images: 10,
      unique: 10,
      features: 8,
      quarantined: 0,
      missing: 2,
      computed: 8,
      reused: 0,
    };
    const { start } = await startWorker(1, () => Promise.resolve(), {
      writeReceipt: () =>
        Promise.resolve({ ...receipt, batches: 1, failedBatches: 0, contentHash: 'c'.repeat(64) }),
    });
    const failure = await failureOf(await start({ dataset: 'sample', timing: TIMING }));
    expect(failure.type).toBe('BatchesFailed');
    expect(failure.message).toBe(
      '2 of 10 pictures have no features, though no batch failed: shards were damaged or deleted while the run went on. ' +
        'Remove the cause and run the same command again: only what is missing is computed.',
    );
  });

  testWith([needs.temporalCli], 'refuses wrong input before any work, without a retry', async () => {
    const { start, store } = await startWorker(1, () => Promise.resolve());
    const failure = await failureOf(await start({ dataset: 'sample', bachSize: 3 }));
    expect(failure).toMatchObject({ type: 'BadInput', nonRetryable: true });
    expect(failure.message).toContain('Unknown field "bachSize"');
    expect(await store.head('runs/')).toBeUndefined();
  });

  testWith([needs.temporalCli], 'a cancelled run ends as cancelled and records that', async () => {
    const latch = createLatch();
    const { start, store } = await startWorker(2, () => latch.opened);
    const handle = await start({ dataset: 'sample', timing: TIMING });
    await waitFor(async () => (await handle.query<Progress>('progress')).stage === 'extract');
    await handle.cancel();
    latch.open();
    await expect(handle.result()).rejects.toThrow();
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    const { runId } = await handle.query<Progress>('progress');
    const outcome = await store.get(`runs/${runId}/outcome.json`);
    expect(JSON.parse(Buffer.from(outcome).toString())).toMatchObject({ status: 'cancelled' });
  });
});
