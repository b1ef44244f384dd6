import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { createWebhook } from '../../notifications/webhook.js';
import { StoreUnavailable } from '../../storage/object-store.js';
import { approveUpdate, pauseUpdate, rejectUpdate, resumeUpdate } from '../../workflows/messages.js';
import type { Progress } from '../../workflows/progress.js';
import type { transferLearning } from '../../workflows/transfer-learning.js';
import { createLatch } from '../support/latch.js';
import { needs, testWith } from '../support/needs.js';
import { startReceiver } from '../support/webhook-receiver.js';
import { TIMING, startWorker, waitFor } from './test-worker.js';

type Run = WorkflowHandle<typeof transferLearning>;

const input = { dataset: 'sample', timing: TIMING };

const nothing = (): Promise<void> => Promise.resolve();

/** What the rule says of the model of every run here. */
const undecided = {
  promoteByRule: () =>
    Promise.resolve({ decision: 'undecided', reason: 'It is worse.', margin: 0.01 } as const),
};

const progressOf = (run: Run): Promise<Progress> => run.query<Progress>('progress');

const untilAsked = (run: Run): Promise<void> =>
  waitFor(async () => (await progressOf(run)).waiting?.for === 'approval');

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

const say = (run: Run, word?: unknown): Promise<string> =>
  run.executeUpdate(approveUpdate, { args: [word as never] });

describe('a model that the rule does not promote', () => {
  testWith([needs.temporalCli], 'is offered, waited for and approved by whoever says why', async () => {
    const offered: string[] = [];
    const receiver = await startReceiver();
    const { start, client } = await startWorker(1, nothing, {
      ...undecided,
      offerModel: ({ model, because }) => {
        offered.push(`${model} ${because}`);
        return Promise.resolve();
      },
      approveModel: ({ reason, by }) =>
        Promise.resolve({
          ...{ decision: 'promoted', by: 'approve', entry: 2 },
          reason: `${reason} ${by}`,
          margin: 0.01,
        }),
      webhook: createWebhook(receiver),
    });
    const run = await start(input);
    await untilAsked(run);
    expect(offered).toEqual(['m It is worse.']);
    expect((await progressOf(run)).waiting).toEqual({ for: 'approval', because: 'It is worse.', model: 'm' });
    const details = await client.workflow
      .getHandle(run.workflowId)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(details.currentDetails).toContain(
      '**Awaiting approval**: It is worse.\n\nThe update `approve` makes model `m` the champion, `reject` leaves',
    );
    expect(await say(run, { by: 'Ana', reason: 'fewer missed meals' })).toBe('m');
    const summary = await run.result();
    expect(summary.promotion).toMatchObject({ decision: 'promoted', reason: 'fewer missed meals Ana' });
    const { stages } = await progressOf(run);
    expect(stages.publish.note).toBe('model m, the champion now');
    expect(receiver.told()).toMatchObject([
      { event: 'awaiting-approval', stage: 'publish', because: 'It is worse.', model: 'm' },
      { event: 'finished', status: 'completed', promotion: 'promoted' },
    ]);
  });

  testWith([needs.temporalCli], 'is turned down; the run completes and says so', async () => {
    const { start } = await startWorker(1, nothing, undecided);
    const run = await start(input);
    await untilAsked(run);
    expect(await run.executeUpdate(rejectUpdate, { args: ['blurred'] })).toBe('m');
    expect(await run.result()).toMatchObject({
      status: 'completed',
      promotion: { decision: 'rejected', reason: 'blurred' },
    });
  });

  testWith([needs.temporalCli], 'is left by a run that may wait for nobody', async () => {
    const { start } = await startWorker(1, nothing, {
      ...undecided,
      offerModel: () => Promise.reject(new Error('there is nobody to offer it to')),
    });
    const run = await start({ ...input, onFailedBatches: 'fail' });
    expect((await run.result()).promotion).toEqual({
      decision: 'left',
      reason: 'It is worse.',
      margin: 0.01,
    });
  });

  testWith([needs.temporalCli], 'is asked about again where what was said cannot be done', async () => {
    let isDown = true;
    const { start } = await startWorker(1, nothing, {
      ...undecided,
      approveModel: () =>
        isDown
          ? Promise.reject(new StoreUnavailable('the store does not answer'))
          : Promise.resolve({ decision: 'promoted', reason: 'approved', margin: 0.01 } as const),
    });
    const run = await start(input);
    await untilAsked(run);
    await say(run);
    await waitFor(async () => (await progressOf(run)).waiting?.because === 'the store does not answer');
    isDown = false;
    await say(run);
    expect((await run.result()).promotion?.decision).toBe('promoted');
  });

  testWith([needs.temporalCli], 'stays with its run where that is cancelled meanwhile', async () => {
    const { start, store } = await startWorker(1, nothing, undecided);
    const run = await start(input);
    await untilAsked(run);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    expect((await run.describe()).status.name).toBe('CANCELLED');
    const { runId, waiting } = await progressOf(run);
    expect(waiting).toBeUndefined();
    const outcome = await store.get(`runs/${runId}/outcome.json`);
    expect(JSON.parse(Buffer.from(outcome).toString())).toMatchObject({ status: 'cancelled' });
  });
});

describe('what is said', () => {
  testWith([needs.temporalCli], 'while the run is paused is done when it goes on', async () => {
    const approved: string[] = [];
    const { start } = await startWorker(1, nothing, {
      ...undecided,
      approveModel: ({ model }) => {
        approved.push(model);
        return Promise.resolve({ decision: 'promoted', reason: 'approved', margin: 0.01 } as const);
      },
    });
    const run = await start(input);
    await untilAsked(run);
    await run.executeUpdate(pauseUpdate, { args: ['lunch'] });
    expect((await progressOf(run)).waiting?.for).toBe('resume');
    expect(await say(run)).toBe('m');
    expect(await refusalOf(say(run))).toBe('The model was approved already.');
    await sleep(500);
    expect(approved).toEqual([]);
    await run.executeUpdate(resumeUpdate);
    await run.result();
    expect(approved).toEqual(['m']);
  });

  testWith([needs.temporalCli], 'is carried out though the run is cancelled meanwhile', async () => {
    let isAsked = false;
    const { start } = await startWorker(1, nothing, {
      ...undecided,
      approveModel: async () => {
        isAsked = true;
        await sleep(500);
        return { decision: 'promoted', reason: 'approved', margin: 0.01 } as const;
      },
    });
    const run = await start(input);
    await untilAsked(run);
    await say(run);
    await waitFor(() => Promise.resolve(isAsked));
    await run.cancel();
    expect(await run.result()).toMatchObject({ status: 'completed', promotion: { decision: 'promoted' } });
  });

  testWith([needs.temporalCli], 'where nothing awaits approval is refused in a sentence', async () => {
    const latch = createLatch();
    const { start } = await startWorker(1, () => latch.opened, undecided);
    const run = await start(input);
    await waitFor(async () => (await progressOf(run)).stage === 'extract');
    expect(await refusalOf(say(run))).toContain('Nothing awaits approval: a run asks before it publishes');
    latch.open();
    await untilAsked(run);
    for (const wrong of [7, ['yes'], { who: 'Ana' }, { by: 7 }, 'x'.repeat(501)])
      expect(await refusalOf(say(run, wrong))).toContain('Expected a reason of at most 500 characters');
    expect((await progressOf(run)).waiting?.for).toBe('approval');
    await say(run, '');
    await run.result();
  });
});
