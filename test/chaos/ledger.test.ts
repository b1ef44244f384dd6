import { describe, expect, test } from 'vitest';
import type { DeliveredFault } from '../../chaos/deliver.js';
import { type Attempt, createJournal } from '../../chaos/journal.js';
import { accountFor } from '../../chaos/ledger.js';

const attemptAt = (startedAt: number, more: Partial<Attempt> = {}): Attempt => ({
  ...{ worker: 1, workflowId: 'run-extract-0000', activityId: 'extract-training-0000' },
  ...{ activityType: 'extractBatch', attempt: 1, startedAt },
  ...more,
});

const faultAt = (from: number, more: Partial<DeliveredFault> = {}): DeliveredFault => ({
  ...{ kind: 'worker', store: 's3', pauseSeconds: 1, severity: 0.5, aim: 0.5 },
  ...{ from, until: from + 100, workers: [1] },
  ...more,
});

const done = { end: 'completed', endedAt: 1_500 } as const;

describe('an account', () => {
  test('asks for nothing where every attempt ended well', () => {
    const { costs, unexplained } = accountFor([attemptAt(1_000, done)], [faultAt(5_000)]);
    expect(costs).toMatchObject([{ inFlight: 0, batches: [], others: [] }]);
    expect(unexplained).toEqual([]);
  });

  test('lays an attempt without an end to the kill of its worker, and counts it as in flight', () => {
    const again = attemptAt(9_000, { ...done, attempt: 2, worker: 2, endedAt: 9_100 });
    const { costs, unexplained } = accountFor([again, attemptAt(1_000)], [faultAt(1_200)]);
    expect(costs).toMatchObject([{ inFlight: 1, batches: [{ startedAt: 1_000 }] }]);
    expect(unexplained).toEqual([]);
  });

  test('names an attempt of a worker that nobody hit', () => {
    const attempts = [attemptAt(1_000), attemptAt(9_000, { ...done, attempt: 2, worker: 2, endedAt: 9_100 })];
    expect(accountFor(attempts, [faultAt(1_200, { workers: [3] })]).unexplained).toEqual([attempts[0]]);
    expect(accountFor(attempts, []).unexplained).toEqual([attempts[0]]);
  });

  test('names a batch that was done a second time long after a fault', () => {
    const second = attemptAt(90_000, { ...done, attempt: 2, endedAt: 90_100 });
    const first = attemptAt(60_000, { ...done, endedAt: 60_100 });
    expect(accountFor([first, second], [faultAt(1_200)]).unexplained).toEqual([first]);
  });

  test('knows the attempt that a frozen worker began when a later one was over', () => {
    const late = attemptAt(9_050, { end: 'cancelled', endedAt: 9_300 });
    const counted = attemptAt(8_000, { ...done, attempt: 2, worker: 2, endedAt: 8_500 });
    const frozen = faultAt(100, { kind: 'freeze', until: 9_000 });
    const { costs, unexplained } = accountFor([counted, late], [frozen]);
    expect(costs[0]?.batches).toEqual([late]);
    expect(unexplained).toEqual([]);
  });

  test('lays a failure to the fault that it speaks of', () => {
    const ended = { end: 'failed', endedAt: 1_500 } as const;
    const crash = attemptAt(1_000, { ...ended, message: 'The extractor process was killed by SIGKILL' });
    const refused = attemptAt(1_000, {
      ...{ ...ended, activityId: 'extract-training-0001' },
      message: 'The store s3://chaos cannot read',
    });
    const faults = [
      faultAt(1_300, { kind: 'extractor' }),
      faultAt(1_250, { kind: 'error', workers: [1, 2] }),
    ];
    const [extractor, error] = accountFor([crash, refused], faults).costs;
    expect(extractor?.batches).toEqual([crash]);
    expect(error?.batches).toEqual([refused]);
  });

  test('counts other work apart from batches', () => {
    const lost = attemptAt(1_000, { activityType: 'restructureDataset' });
    expect(accountFor([lost], [faultAt(1_200)]).costs).toMatchObject([{ batches: [], others: [lost] }]);
  });

  test('never lays anything to a corrupted shard: its pictures are computed in another run', () => {
    const lost = attemptAt(1_000);
    expect(accountFor([lost], [faultAt(1_200, { kind: 'shard', workers: [] })]).unexplained).toEqual([lost]);
  });
});

describe('a journal', () => {
  const line = (msg: string, more: object = {}) =>
    JSON.stringify({
      ...{ level: 20, time: 1_000, pid: 7, msg, taskToken: 'token', activityType: 'extractBatch' },
      ...{ workflowId: 'run', activityId: 'extract-training-0000', ...more },
    });

  test('joins the beginning of an attempt with its end', () => {
    const journal = createJournal();
    journal.read(line('Activity started'));
    expect(journal.attempts).toMatchObject([{ worker: 7, startedAt: 1_000 }]);
    journal.read(line('Activity failed', { time: 1_200, error: { message: 'no' } }));
    expect(journal.attempts).toMatchObject([{ end: 'failed', endedAt: 1_200, message: 'no' }]);
  });

  test('reads past sentences and lines about other things', () => {
    const journal = createJournal();
    journal.read('graft worker (all) serves 127.0.0.1:7233');
    journal.read(JSON.stringify({ level: 40, msg: 'Activity started' }));
    expect(journal.attempts).toEqual([]);
  });
});
