import type { Client, ScheduleOptions } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import {
  backfillSchedule,
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  triggerSchedule,
} from '../../cli/schedule-actions.js';
import type { TypedSpec } from '../../cli/schedule-spec.js';
import { createSchedule, describeSchedule, findSchedule, listSchedules } from '../../cli/schedules.js';
import { BadInput } from '../../errors/graft-error.js';
import { PIPELINE_QUEUE } from '../../runs/task-queues.js';
import { openNamespace } from '../support/namespace.js';
import { needs, testWith } from '../support/needs.js';

const NIGHTLY = { cron: '0 3 * * *', timeZone: 'Europe/Berlin', jitter: 300_000, catchUp: 3_600_000 };

/** No worker serves the namespace: runs stay open until a test ends them. */
const onServer = (title: string, body: (client: Client) => Promise<void>): void =>
  testWith([needs.temporalCli], title, async () => body((await openNamespace()).client), 60_000);

const createNightly = (client: Client, typed: TypedSpec = NIGHTLY) =>
  createSchedule(client, 'nightly', { dataset: 'sample' }, typed);

const terminate = (client: Client, workflowId: string) => client.workflow.getHandle(workflowId).terminate();

describe('a schedule', () => {
  onServer(
    'starts runs that fail rather than wait, skip while one is open, and pause it on failure',
    async (client) => {
      const view = await createNightly(client);
      expect(view).toMatchObject({
        id: 'nightly',
        workflowId: 'graft-sample-scheduled-nightly',
        input: { dataset: 'sample', onFailedBatches: 'fail' },
        cron: ['0 3 * * *'],
        every: [],
        timeZone: 'Europe/Berlin',
        jitterSeconds: 300,
        overlap: 'SKIP',
        catchUpSeconds: 3_600,
        pauseOnFailure: true,
        paused: false,
        lastRuns: [],
      });
      const { described } = await findSchedule(client, 'nightly');
      expect(described.action).toMatchObject({ workflowType: 'transferLearning', taskQueue: PIPELINE_QUEUE });
      expect(view.nextRuns).not.toEqual([]);
    },
  );

  onServer('can be an interval', async (client) => {
    expect(await createNightly(client, { every: 6 * 3_600_000 })).toMatchObject({
      cron: [],
      every: [{ seconds: 21_600, offsetSeconds: 0 }],
      timeZone: 'UTC',
      catchUpSeconds: 86_400,
    });
  });

  onServer('is listed with others of Graft, and nothing else is', async (client) => {
    await createNightly(client);
    await createSchedule(client, 'hourly', { dataset: 'sample' }, { every: 3_600_000 });
    await client.schedule.create(foreign);
    // The list is of what the server's visibility has heard of.
    await vi.waitFor(
      async () => expect(await listed(client)).toEqual(['foreign', 'hourly', 'nightly']),
      20_000,
    );
    expect((await listSchedules(client)).map(({ id }) => id)).toEqual(['hourly', 'nightly']);
    await expect(findSchedule(client, 'foreign')).rejects.toThrow(/starts "other", not a run of Graft/);
  });

  onServer('pauses with a reason and goes on, once each', async (client) => {
    await createNightly(client);
    await expect(resumeSchedule(client, 'nightly')).rejects.toThrow('nightly is not paused');
    await pauseSchedule(client, 'nightly', 'pictures are being sorted');
    expect(await describeSchedule(client, 'nightly')).toMatchObject({
      paused: true,
      note: 'pictures are being sorted',
    });
    await expect(pauseSchedule(client, 'nightly', 'another')).rejects.toThrow(
      'paused already (pictures are being sorted)',
    );
    expect(await resumeSchedule(client, 'nightly')).toBe('pictures are being sorted');
    expect((await describeSchedule(client, 'nightly')).paused).toBe(false);
  });

  onServer('starts a run when asked, one at a time, and tells how it ended', async (client) => {
    await createNightly(client);
    const workflowId = (await triggerSchedule(client, 'nightly')) ?? 'none';
    expect(workflowId).toMatch(/^graft-sample-scheduled-nightly-\d{4}-/);
    await expect(triggerSchedule(client, 'nightly')).rejects.toThrow(`is open, ${workflowId}`);
    expect(await describeSchedule(client, 'nightly')).toMatchObject({
      running: [workflowId],
      taken: 1,
      lastRuns: [{ workflowId, status: 'running' }],
    });
    await terminate(client, workflowId);
    expect(await describeSchedule(client, 'nightly')).toMatchObject({ lastRuns: [{ status: 'terminated' }] });
  });

  onServer('that paused itself says why, and which run failed', async (client) => {
    await createNightly(client);
    const workflowId = (await triggerSchedule(client, 'nightly')) ?? 'none';
    await failRun(client, 'the pictures are gone');
    expect(await describeSchedule(client, 'nightly')).toMatchObject({
      paused: true,
      note: expect.stringMatching(/failure: .*the pictures are gone/) as string,
      lastRuns: [{ workflowId, status: 'failed' }],
    });
  });

  onServer(
    'makes up for a period of the past, both ends included, one run after the other',
    async (client) => {
      await createNightly(client, { cron: '0 3 * * *' });
      const [from, to] = [new Date('2026-01-05T03:00Z'), new Date('2026-01-06T03:00Z')];
      expect(await backfillSchedule(client, 'nightly', { from, to })).toEqual([from, to]);
      for (const [at, due] of [from, to].entries()) {
        const running = await vi.waitFor(async () => {
          const { lastRuns, ...view } = await describeSchedule(client, 'nightly');
          expect(lastRuns[at]?.scheduledAt).toBe(due.toISOString());
          return view.running;
        }, 20_000);
        expect(running).toHaveLength(1);
        await terminate(client, running[0] ?? '');
      }
    },
  );

  onServer('is deleted with a last word on what it was; its open run stays', async (client) => {
    await createNightly(client);
    const workflowId = (await triggerSchedule(client, 'nightly')) ?? 'none';
    expect(await deleteSchedule(client, 'nightly')).toMatchObject({
      cron: ['0 3 * * *'],
      running: [workflowId],
    });
    await expect(describeSchedule(client, 'nightly')).rejects.toThrow('There is no schedule "nightly"');
    expect((await client.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
  });
});

describe('nothing changes', () => {
  onServer('where an id is taken', async (client) => {
    const before = await createNightly(client);
    await expect(createNightly(client, { every: 60_000 })).rejects.toThrow(
      new BadInput(
        'There is a schedule "nightly" already. graft schedule describe nightly shows it; delete it first, or choose another id.',
      ),
    );
    expect((await describeSchedule(client, 'nightly')).cron).toEqual(before.cron);
  });

  onServer('where the server does not understand the times, or they never come', async (client) => {
    const refused: readonly (readonly [TypedSpec, RegExp])[] = [
      [{ cron: '0 25 * * *' }, /--cron "0 25 \* \* \*": Hour is not in range/],
      [{ cron: 'at night' }, /--cron "at night": .*5-7 fields/],
      [{ cron: '0 3 * * *', timeZone: 'europe/berlin' }, /unknown time zone europe\/berlin/],
      [{ cron: '0 3 31 2 *' }, /times that never come/],
      [{ every: 100 }, /this schedule: interval is too small/],
    ];
    for (const [typed, message] of refused) {
      const created = createNightly(client, typed);
      await expect(created).rejects.toThrow(BadInput);
      await expect(created).rejects.toThrow(message);
      await expect(describeSchedule(client, 'nightly')).rejects.toThrow('There is no schedule "nightly"');
    }
  });

  onServer('where there is no such schedule', async (client) => {
    const period = { from: new Date('2026-01-05'), to: new Date('2026-01-06') };
    const attempts = [
      pauseSchedule(client, 'nope', 'because'),
      resumeSchedule(client, 'nope'),
      triggerSchedule(client, 'nope'),
      backfillSchedule(client, 'nope', period),
      deleteSchedule(client, 'nope'),
    ];
    for (const attempt of await Promise.allSettled(attempts))
      expect(attempt).toMatchObject({
        status: 'rejected',
        reason: { name: 'BadInput', message: expect.stringContaining('no schedule "nope"') as string },
      });
  });

  onServer('where a period is none, is not over, or holds no run or too many', async (client) => {
    await createNightly(client, { cron: '0 3 * * *' });
    const backfill = (from: string, to: string) =>
      backfillSchedule(client, 'nightly', { from: new Date(from), to: new Date(to) });
    await expect(backfill('2026-01-06', '2026-01-05')).rejects.toThrow('--from before --to');
    await expect(backfill('2026-01-06', '2999-01-05')).rejects.toThrow('--to in the past');
    await expect(backfill('2026-01-06T04:00Z', '2026-01-06T05:00Z')).rejects.toThrow('has no time between');
    await expect(backfill('2020-01-01', '2024-01-01')).rejects.toThrow('has 1000 times or more');
    expect(await describeSchedule(client, 'nightly')).toMatchObject({ taken: 0, running: [] });
  });
});

const foreign: ScheduleOptions = {
  scheduleId: 'foreign',
  spec: { cronExpressions: ['0 3 * * *'] },
  action: { type: 'startWorkflow', workflowType: 'other', taskQueue: 'other' },
};

/** Answers the next workflow task as a worker whose workflow failed. */
async function failRun(client: Client, message: string): Promise<void> {
  const { namespace } = client.options;
  const { taskToken } = await client.withDeadline(Date.now() + 20_000, () =>
    client.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: PIPELINE_QUEUE } }),
  );
  const failWorkflowExecutionCommandAttributes = { failure: { message, applicationFailureInfo: {} } };
  await client.workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    commands: [{ commandType: FAIL_WORKFLOW, failWorkflowExecutionCommandAttributes }],
  });
}

/** Temporal's COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION. */
const FAIL_WORKFLOW = 5 as never;

async function listed(client: Client): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId);
  return ids.sort();
}
