import { describe, expect } from 'vitest';
import { ImageChanged } from '../../activities/batch-pictures.js';
import { createWebhook } from '../../notifications/webhook.js';
import { retryUpdate } from '../../workflows/messages.js';
import { needs, testWith } from '../support/needs.js';
import { startReceiver } from '../support/webhook-receiver.js';
import { TIMING, failureOf, startWorker, waitFor } from './test-worker.js';

const input = { dataset: 'sample', timing: TIMING };
const changed = () => Promise.reject(new ImageChanged('a picture changed'));

describe('a run that has ended but for its last words', () => {
  testWith([needs.temporalCli], 'refuses to retry batches that nobody would run any more', async () => {
    let answer: () => void = () => undefined;
    const receiver = await startReceiver((response, number) => {
      answer = () => void response.writeHead(204).end();
      if (number === 1) answer();
    });
    const { start } = await startWorker(1, changed, { webhook: createWebhook(receiver) });
    const run = await start(input);
    await waitFor(() => Promise.resolve(receiver.received.length === 1)); // it awaits a retry
    await run.cancel();
    await waitFor(() => Promise.resolve(receiver.received.length === 2)); // it is cancelled, and waits for the receiver
    const late = run.executeUpdate(retryUpdate, { args: [undefined] });
    await expect(late).rejects.toMatchObject({
      cause: { message: 'Extraction is over: start the run again, only what is missing is computed.' },
    });
    answer();
    await expect(run.result()).rejects.toThrow();
    expect(receiver.told()).toMatchObject([{ event: 'awaiting-retry' }, { event: 'cancelled' }]);
  });
});

describe('a run that Temporal has reset', () => {
  testWith(
    [needs.temporalCli],
    'names what it tells anew, so that nobody takes it for a repetition',
    async () => {
      let isBroken = true;
      const receiver = await startReceiver();
      const convergence = { converged: true, iterations: 3, gradientNorm: 0, objective: 1 };
      const { start, client } = await startWorker(1, () => Promise.resolve(), {
        webhook: createWebhook(receiver),
        trainHead: () => (isBroken ? changed() : Promise.resolve({ model: 'm', reused: false, convergence })),
      });
      const run = await start(input);
      await failureOf(run);
      isBroken = false;
      const { events } = await run.fetchHistory();
      const [, second] = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes != null);
      const { workflowId, runId } = await run.describe();
      await client.workflowService.resetWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId, runId },
        reason: 'the cause is gone',
        requestId: 'reset',
        workflowTaskFinishEventId: second?.eventId ?? null,
      });
      const again = client.workflow.getHandle(workflowId);
      expect(await again.result()).toMatchObject({ status: 'completed', runId });
      expect(receiver.told()).toMatchObject([
        { event: 'failed', runId },
        { event: 'finished', runId },
      ]);
      const [before, after] = receiver.received.map(({ headers }) => headers['x-graft-delivery']);
      expect(before).toBe(`${runId}-1`);
      expect(after).toBe(`${(await again.describe()).runId}-1`);
      expect(after).not.toBe(before);
    },
  );
});
