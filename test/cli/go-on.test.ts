import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { ImageChanged } from '../../activities/batch-pictures.js';
import { goOn } from '../../cli/go-on.js';
import { StoreUnavailable } from '../../storage/object-store.js';
import { pauseUpdate, resumeUpdate } from '../../workflows/messages.js';
import type { Progress } from '../../workflows/progress.js';
import { createLatch } from '../support/latch.js';
import { needs, testWith } from '../support/needs.js';
import { TIMING, startWorker, waitFor } from '../workflows/test-worker.js';

/** Neither Ctrl-C nor the end of the session comes. */
const PATIENT = {
  session: { failed: new Promise<never>(() => undefined) },
  interruption: { requested: new Promise<void>(() => undefined) },
};

const input = { dataset: 'sample', timing: TIMING };

const untilWaiting = (run: WorkflowHandle): Promise<void> =>
  waitFor(async () => (await run.query<Progress>('progress')).waiting !== undefined);

describe('the same command again', () => {
  testWith([needs.temporalCli], 'retries what failed, where the run waits for that', async () => {
    let isBroken = true;
    const { start } = await startWorker(3, ({ batchId }) =>
      isBroken && batchId === 'training-0001'
        ? Promise.reject(new ImageChanged('a picture changed'))
        : Promise.resolve(),
    );
    const run = await start(input);
    await untilWaiting(run);
    isBroken = false;
    expect(await goOn(run, PATIENT)).toBe(
      ' It waited: 1 failed batch; training-0001: a picture changed. That batch runs again now.',
    );
    expect((await run.result()).receipt.missing).toBe(0);
  });

  testWith([needs.temporalCli], 'has a run go on that found trouble', async () => {
    let isDown = true;
    const { start } = await startWorker(3, () =>
      isDown ? Promise.reject(new StoreUnavailable('the disk is full')) : Promise.resolve(),
    );
    const run = await start(input);
    await untilWaiting(run);
    isDown = false;
    expect(await goOn(run, PATIENT)).toBe(' It was paused: the disk is full. It goes on now.');
    await run.result();
  });

  testWith([needs.temporalCli], 'leaves a run paused that somebody paused', async () => {
    const latch = createLatch();
    const { start } = await startWorker(3, () => latch.opened);
    const run = await start(input);
    await run.executeUpdate(pauseUpdate, { args: ['lunch'] });
    expect(await goOn(run, PATIENT)).toBe(' It is paused: lunch. graft resume has it go on.');
    latch.open();
    await run.executeUpdate(resumeUpdate);
    await run.result();
    expect(await goOn(run, PATIENT)).toBe('');
  });

  testWith([needs.temporalCli], 'approves nothing where a model awaits approval', async () => {
    const { start } = await startWorker(1, () => Promise.resolve(), {
      promoteByRule: () => Promise.resolve({ decision: 'undecided', reason: 'It is worse.', margin: 0.01 }),
    });
    const run = await start(input);
    await untilWaiting(run);
    expect(await goOn(run, PATIENT)).toBe(' It awaits approval.');
    expect((await run.query<Progress>('progress')).waiting?.for).toBe('approval');
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
  });
});
