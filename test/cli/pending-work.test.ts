import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { describePendingWork } from '../../cli/pending-work.js';

type Raw = Awaited<ReturnType<WorkflowHandle['describe']>>['raw'];

/** A handle whose workflow has these activities, and whose child, if any, has those. */
function handleOf(own: Raw['pendingActivities'], childs?: Raw['pendingActivities']): WorkflowHandle {
  const describeAs = (raw: Partial<Raw>) => () => Promise.resolve({ raw });
  const client = { getHandle: () => ({ describe: describeAs({ pendingActivities: childs ?? [] }) }) };
  const pendingChildren = childs === undefined ? [] : [{ workflowId: 'child' }];
  return {
    describe: describeAs({ pendingActivities: own ?? [], pendingChildren }),
    client,
  } as unknown as WorkflowHandle;
}

const heartbeat = (details: object) => ({ payloads: [defaultPayloadConverter.toPayload(details)] });

describe('what pending activities tell', () => {
  test('is nothing where none runs', async () => {
    expect(await describePendingWork(handleOf([]))).toBeUndefined();
  });

  test('is how far the restructuring is', async () => {
    const activity = {
      activityId: '3',
      attempt: 1,
      heartbeatDetails: heartbeat({ done: 1_234, total: 4_000 }),
    };
    expect(await describePendingWork(handleOf([activity]))).toBe('1,234 of 4,000 pictures');
  });

  test('is how much a download has brought', async () => {
    const activity = { activityId: '3', attempt: 1, heartbeatDetails: heartbeat({ received: 12_345_678 }) };
    expect(await describePendingWork(handleOf([activity]))).toBe('12.3 MB');
  });

  test('is the trouble of the last attempt before anything else', async () => {
    const activity = {
      activityId: '3',
      attempt: 2,
      maximumAttempts: 5,
      lastFailure: { message: 'the store does not answer' },
      heartbeatDetails: heartbeat({ received: 1 }),
    };
    expect(await describePendingWork(handleOf([activity]))).toBe('attempt 2 of 5: the store does not answer');
  });

  test('names the batch that is in trouble in a child', async () => {
    const batches = [
      { activityId: 'extract-training-0001', attempt: 1 },
      {
        activityId: 'extract-training-0002',
        attempt: 3,
        maximumAttempts: 5,
        lastFailure: { message: 'disk full' },
      },
    ];
    expect(await describePendingWork(handleOf([], batches))).toBe(
      'attempt 3 of 5, extract-training-0002: disk full',
    );
  });

  test('says nothing of a child without trouble: the counts do', async () => {
    const batch = {
      activityId: 'extract-training-0001',
      attempt: 1,
      heartbeatDetails: heartbeat({ done: 8, images: 64 }),
    };
    expect(await describePendingWork(handleOf([], [batch]))).toBeUndefined();
  });
});
