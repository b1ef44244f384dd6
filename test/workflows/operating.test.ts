import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { ImageChanged } from '../../activities/batch-pictures.js';
import type { BatchRequest } from '../../activities/extraction.js';
import { StoreUnavailable } from '../../storage/object-store.js';
import { pauseUpdate, resumeUpdate, retryUpdate } from '../../workflows/messages.js';
import type { Progress, Waiting } from '../../workflows/progress.js';
import type { transferLearning } from '../../workflows/transfer-learning.js';
import { createLatch } from '../support/latch.js';
import { needs, testWith } from '../support/needs.js';
import { IMAGES_PER_BATCH, TIMING, failureOf, startWorker, waitFor } from './test-worker.js';

type Run = WorkflowHandle<typeof transferLearning>;

const input = { dataset: 'sample', timing: TIMING };

const progressOf = (run: Run): Promise<Progress> => run.query<Progress>('progress');

async function untilWaiting(run: Run, what: Waiting['for']): Promise<Progress> {
  await waitFor(async () => (await progressOf(run)).waiting?.for === what);
  return progressOf(run);
}

const retryAll = (run: Run): Promise<{ readonly batches: number }> =>
  run.executeUpdate(retryUpdate, { args: [undefined] });

/** The sentence with which an update was refused. */
async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error: unknown = await update.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
    return error.cause.message;
  throw new Error('expected the update to be refused', { cause: error });
}

/** Batches that fail for a reason of their own until they are mended. */
function createBroken(...ids: readonly string[]) {
  const broken = new Set(ids);
  const ran: string[] = [];
  return {
    ran,
    mend: () => broken.clear(),
    extractBatch: ({ batchId }: BatchRequest): Promise<void> => {
      ran.push(batchId);
      return broken.has(batchId)
        ? Promise.reject(new ImageChanged(`a picture of ${batchId} changed`))
        : Promise.resolve();
    },
  };
}

describe('failed batches', () => {
  const three = ['training-0001', 'training-0004', 'training-0007'];

  testWith([needs.temporalCli], 'are waited with, and one update runs them and no others', async () => {
    const broken = createBroken(...three);
    const { start, client } = await startWorker(9, broken.extractBatch);
    const run = await start(input);
    const waiting = await untilWaiting(run, 'retry');
    expect(waiting.extraction).toMatchObject({ batchesDone: 6, batchesFailed: 3, failed: 30, done: 60 });
    expect(waiting.failedBatches.map(({ id }) => id).toSorted()).toEqual(three);
    expect(waiting.waiting?.because).toMatch(/3 failed batches; training-000.: a picture of .* changed/);

    broken.mend();
    broken.ran.length = 0;
    expect(await retryAll(run)).toEqual({ batches: 3 });
    const summary = await run.result();
    expect(summary.receipt).toMatchObject({ missing: 0 });
    expect(broken.ran.toSorted()).toEqual(three);
    expect((await progressOf(run)).extraction).toMatchObject({ batchesDone: 9, batchesFailed: 0, failed: 0 });

    const child = client.workflow.getHandle(`run-under-test-extract-0000-r1-${summary.runId.slice(0, 8)}`);
    const { events } = await child.fetchHistory();
    const ids = (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityId ?? [],
    );
    expect(ids.toSorted()).toEqual(three.map((id) => `extract-${id}-r1`));
  });

  testWith([needs.temporalCli], 'are retried by name; what fails again is waited with again', async () => {
    const broken = createBroken(...three);
    const { start } = await startWorker(9, broken.extractBatch);
    const run = await start(input);
    await untilWaiting(run, 'retry');
    expect(await run.executeUpdate(retryUpdate, { args: [{ batches: ['training-0004'] }] })).toEqual({
      batches: 1,
    });
    await waitFor(async () => (await progressOf(run)).extraction.batchesFailed === 3);
    const again = await untilWaiting(run, 'retry');
    expect(again.failedBatches.map(({ id }) => id).toSorted()).toEqual(three);
    broken.mend();
    await retryAll(run);
    await run.result();
  });

  testWith([needs.temporalCli], 'ten in a row pause the run, though they are the last', async () => {
    const ten = Array.from({ length: 10 }, (_, at) => `training-${String(at).padStart(4, '0')}`);
    const broken = createBroken(...ten);
    const { start } = await startWorker(10, broken.extractBatch);
    const run = await start(input);
    const paused = await untilWaiting(run, 'resume');
    expect(paused.waiting?.because).toMatch(/^10 batches failed one after the other/);
    await run.executeUpdate(resumeUpdate);
    await untilWaiting(run, 'retry');
    broken.mend();
    expect(await retryAll(run)).toEqual({ batches: 10 });
    expect((await run.result()).receipt).toMatchObject({ missing: 0 });
  });

  testWith([needs.temporalCli], 'a retry of what has not failed is refused and changes nothing', async () => {
    const broken = createBroken(...three);
    const { start } = await startWorker(9, broken.extractBatch);
    const run = await start(input);
    await untilWaiting(run, 'retry');
    const retry = (request: unknown) =>
      refusalOf(run.executeUpdate(retryUpdate, { args: [request as never] }));
    expect(await retry({ batches: ['training-0002'] })).toMatch(
      /"training-0002" is no failed batch of this run; 3 failed: training-000/,
    );
    expect(await retry({ batches: [] })).toContain('Expected the names of failed batches');
    expect(await retry({ batch: 'training-0001' })).toContain('Expected nothing or {"batches"');
    expect((await progressOf(run)).waiting?.for).toBe('retry');
    broken.mend();
    await retryAll(run);
    await run.result();
  });

  testWith([needs.temporalCli], 'there is nothing to retry in a run without failures', async () => {
    const latch = createLatch();
    const { start } = await startWorker(2, () => latch.opened);
    const run = await start(input);
    await waitFor(async () => (await progressOf(run)).stage === 'extract');
    expect(await refusalOf(retryAll(run))).toContain('No batch has failed');
    latch.open();
    await run.result();
  });
});

describe('trouble of the store', () => {
  testWith([needs.temporalCli], 'pauses the run and says why; resumed, it loses nothing', async () => {
    let isDown = true;
    const { start } = await startWorker(6, () =>
      isDown ? Promise.reject(new StoreUnavailable('the store does not answer')) : Promise.resolve(),
    );
    const run = await start(input);
    const paused = await untilWaiting(run, 'resume');
    expect(paused.waiting?.because).toBe('the store does not answer');
    expect(paused.extraction.batchesFailed).toBe(0);
    isDown = false;
    await run.executeUpdate(resumeUpdate);
    expect((await run.result()).receipt).toMatchObject({ missing: 0, failedBatches: 0 });
  });

  testWith([needs.temporalCli], 'fails a run that nobody waits for', async () => {
    const { start } = await startWorker(6, () =>
      Promise.reject(new StoreUnavailable('the store does not answer.')),
    );
    const failure = await failureOf(await start({ ...input, onFailedBatches: 'fail' }));
    expect(failure.type).toBe('BatchesFailed');
    expect(failure.message).toBe(
      'Extraction stopped: the store does not answer. Remove the cause and run again: only what is missing is computed.',
    );
  });

  testWith([needs.temporalCli], 'that only one batch has is its own after two resumptions', async () => {
    const { start } = await startWorker(4, ({ batchId }) =>
      batchId === 'training-0001'
        ? Promise.reject(new StoreUnavailable('a block of the disk is unreadable'))
        : Promise.resolve(),
    );
    const run = await start({ ...input, window: 1 });
    await untilWaiting(run, 'resume');
    await run.executeUpdate(resumeUpdate);
    await untilWaiting(run, 'resume');
    await run.executeUpdate(resumeUpdate);
    const { failedBatches } = await untilWaiting(run, 'retry');
    expect(failedBatches).toMatchObject([
      { id: 'training-0001', cause: 'a block of the disk is unreadable' },
    ]);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
  });
});

/** How many events of a kind a history holds. */
async function countEvents(
  run: WorkflowHandle,
  kind: 'workflowExecutionSignaledEventAttributes' | 'activityTaskCompletedEventAttributes',
): Promise<number> {
  const { events } = await run.fetchHistory();
  return (events ?? []).filter((event) => event[kind] != null).length;
}

describe('pause and resume', () => {
  testWith([needs.temporalCli], 'take effect between batches, in the child that runs', async () => {
    const latch = createLatch();
    const ran: string[] = [];
    const { start, client } = await startWorker(30, async ({ batchId }) => {
      ran.push(batchId);
      if (ran.length > 2) await latch.opened;
    });
    const run = await start({ ...input, window: 2 });
    await waitFor(() => Promise.resolve(ran.length === 4));
    expect(await run.executeUpdate(pauseUpdate, { args: ['lunch'] })).toBe('lunch');
    const { runId } = await progressOf(run);
    const child = client.workflow.getHandle(`run-under-test-extract-0000-${runId.slice(0, 8)}`);
    await waitFor(async () => (await countEvents(child, 'workflowExecutionSignaledEventAttributes')) === 1);
    latch.open();
    await waitFor(async () => (await countEvents(child, 'activityTaskCompletedEventAttributes')) === 4);
    await sleep(500);
    expect(ran).toHaveLength(4);
    expect(await progressOf(run)).toMatchObject({ waiting: { for: 'resume', because: 'lunch' } });
    expect(await refusalOf(run.executeUpdate(pauseUpdate, { args: [undefined] }))).toContain(
      'paused already: lunch',
    );

    await run.executeUpdate(resumeUpdate);
    expect(await refusalOf(run.executeUpdate(resumeUpdate))).toContain('not paused');
    const summary = await run.result();
    expect(summary.receipt.missing).toBe(0);
    expect(ran).toHaveLength(30);
  });

  testWith([needs.temporalCli], 'a run that is paused before extraction starts no batch', async () => {
    const latch = createLatch();
    const ran: string[] = [];
    const { start } = await startWorker(
      3,
      ({ batchId }) => {
        ran.push(batchId);
        return Promise.resolve();
      },
      { fetchDataset: () => latch.opened.then(() => ({ description: 'nowhere' })) },
    );
    const run = await start(input);
    await run.executeUpdate(pauseUpdate, { args: [undefined] });
    latch.open();
    await sleep(800);
    expect(ran).toEqual([]);
    await run.executeUpdate(resumeUpdate);
    await run.result();
    expect(ran).toHaveLength(3);
  });

  testWith([needs.temporalCli], 'a paused run can be cancelled', async () => {
    const latch = createLatch();
    const { start } = await startWorker(30, () => latch.opened);
    const run = await start({ ...input, window: 1 });
    await waitFor(async () => (await progressOf(run)).stage === 'extract');
    await run.executeUpdate(pauseUpdate, { args: [undefined] });
    await run.cancel();
    latch.open();
    await expect(run.result()).rejects.toThrow();
    expect((await run.describe()).status.name).toBe('CANCELLED');
  });
});

/** What the activity throws where the extractor died under so many pictures. */
const crash = (images: number): Promise<never> =>
  Promise.reject(
    ApplicationFailure.create({
      ...{ type: 'ExtractorCrashed', message: 'The extractor process died.', nonRetryable: true },
      details: [{ images, engine: 'onnx-cpu' }],
    }),
  );

describe('a picture that crashes the extractor', () => {
  testWith(
    [needs.temporalCli],
    'is not blamed for the crash of another, even alone in its batch',
    async () => {
      const { start, quarantined } = await startWorker(1, ({ part }) =>
        part === undefined ? crash(1) : Promise.resolve(),
      );
      await (await start(input)).result();
      expect(quarantined).toEqual([]);
    },
  );

  testWith(
    [needs.temporalCli],
    'counts its whole batch as failed where half of it fails otherwise',
    async () => {
      let isBroken = true;
      const { start } = await startWorker(1, ({ part }) => {
        if (part === undefined && isBroken) return crash(2 * IMAGES_PER_BATCH);
        return part === 'b' ? Promise.reject(new ImageChanged('a picture changed')) : Promise.resolve();
      });
      const run = await start(input);
      const { extraction, failedBatches } = await untilWaiting(run, 'retry');
      expect(extraction).toMatchObject({ done: 0, failed: 2 * IMAGES_PER_BATCH, batchesFailed: 1 });
      expect(failedBatches).toMatchObject([{ id: 'training-0000', images: 2 * IMAGES_PER_BATCH }]);
      isBroken = false;
      await retryAll(run);
      await run.result();
      expect((await progressOf(run)).extraction).toMatchObject({
        done: IMAGES_PER_BATCH,
        failed: 0,
        batchesDone: 1,
      });
    },
  );

  testWith([needs.temporalCli], 'is found by halving and quarantined; the others get features', async () => {
    const parts: string[] = [];
    const poison = 3;
    const { start, quarantined } = await startWorker(2, ({ batchId, part = '' }) => {
      parts.push(`${batchId}${part}`);
      const images = Array.from(part).reduce(
        (rest, half) => {
          const middle = Math.ceil(rest.length / 2);
          return half === 'a' ? rest.slice(0, middle) : rest.slice(middle);
        },
        Array.from({ length: 8 }, (_, at) => at),
      );
      return batchId === 'training-0001' && images.includes(poison)
        ? crash(images.length)
        : Promise.resolve();
    });
    const run = await start(input);
    const summary = await run.result();
    expect(summary.receipt.failedBatches).toBe(0);
    expect(quarantined).toEqual(['training-0001 abb onnx-cpu']);
    expect(parts.toSorted()).toEqual(
      ['0000', '0001', '0001a', '0001aa', '0001ab', '0001aba', '0001abb', '0001b'].map(
        (id) => `training-${id}`,
      ),
    );
    expect((await progressOf(run)).extraction).toMatchObject({ batchesDone: 2, refused: 1 });
  });
});
