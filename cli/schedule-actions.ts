import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ScheduleDescription } from '@temporalio/client';
import { optionalDateToTs } from '@temporalio/common/lib/time.js';
import { BadInput } from '../errors/graft-error.js';
import { type FoundSchedule, findSchedule } from './schedules.js';
import { type ScheduleView, viewSchedule } from './schedule-view.js';

/** A part of the past, both ends included. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Starts nothing more until {@link resumeSchedule}; runs that are open go on. Throws `BadInput` where it is paused. */
export async function pauseSchedule(client: Client, id: string, reason: string): Promise<void> {
  const { handle, described } = await findSchedule(client, id);
  const { paused, note } = described.state;
  if (paused)
    throw new BadInput(`The schedule ${id} is paused already${because(note)}. Nothing was changed.`);
  await handle.pause(reason);
}

/** Throws `BadInput` where the schedule is not paused. @returns why it was. */
export async function resumeSchedule(client: Client, id: string): Promise<string> {
  const { handle, described } = await findSchedule(client, id);
  if (!described.state.paused)
    throw new BadInput(`The schedule ${id} is not paused: there is nothing to resume.`);
  await handle.unpause('resumed with graft schedule resume');
  return described.state.note ?? '';
}

/** How long a server may take to start what was asked of it before this is not waited for any more. */
const START_LIMIT_MS = 10_000;

/**
 * Starts a run now, also where the schedule is paused. Throws `BadInput` where a run of it is open, if it skips then.
 *
 * @returns the workflow id; undefined where the server has not started it within ten seconds.
 */
export async function triggerSchedule(client: Client, id: string): Promise<string | undefined> {
  const { handle, described } = await findSchedule(client, id);
  const { overlap } = described.policies;
  const [open] = described.info.runningActions;
  if (open !== undefined && overlap === 'SKIP')
    throw new BadInput(
      `A run of the schedule ${id} is open, ${open.workflow.workflowId}; wait for its end, or end it: graft cancel ${open.workflow.firstExecutionRunId}.`,
    );
  await handle.trigger(overlap);
  return untilStarted({ handle, described });
}

/**
 * Starts the runs of a part of the past, one after the other, also where the schedule is paused. Throws `BadInput` where
 * the period is none, reaches into the future, or holds no time of the schedule, or too many.
 *
 * @returns the times, oldest first, with their jitter.
 */
export async function backfillSchedule(client: Client, id: string, period: Period): Promise<readonly Date[]> {
  const { from, to } = period;
  if (from >= to)
    throw new BadInput(
      `Expected --from before --to, received ${from.toISOString()} and ${to.toISOString()}.`,
    );
  if (to.getTime() > Date.now())
    throw new BadInput(
      `Expected --to in the past, received ${to.toISOString()}; the schedule itself runs what comes.`,
    );
  const { handle } = await findSchedule(client, id);
  const times = await matchingTimes(client, id, period);
  assertBackfills(id, period, times);
  await handle.backfill({ start: from, end: to, overlap: 'BUFFER_ALL' });
  return times;
}

/** Deletes a schedule; the runs that it started stay, open ones go on. @returns what was deleted. Throws `BadInput`. */
export async function deleteSchedule(client: Client, id: string): Promise<ScheduleView> {
  const { handle, described } = await findSchedule(client, id);
  const view = await viewSchedule(client, described);
  await handle.delete();
  return view;
}

/** More the server does not tell of; nobody means more. */
const MOST_TOLD = 1_000;

function assertBackfills(id: string, { from, to }: Period, times: readonly Date[]): void {
  const between = `between ${from.toISOString()} and ${to.toISOString()}`;
  if (times.length === 0)
    throw new BadInput(`The schedule ${id} has no time ${between}. Choose a longer period.`);
  if (times.length >= MOST_TOLD)
    throw new BadInput(
      `The schedule ${id} has ${MOST_TOLD} times or more ${between}. Choose a shorter period.`,
    );
}

async function matchingTimes(client: Client, id: string, { from, to }: Period): Promise<readonly Date[]> {
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId: id,
    // The server leaves out the beginning here, but not in a backfill.
    startTime: optionalDateToTs(new Date(from.getTime() - 1)) ?? null,
    endTime: optionalDateToTs(to) ?? null,
  });
  return startTime.map(({ seconds }) => new Date(Number(seconds ?? 0) * 1_000));
}

async function untilStarted({ handle, described }: FoundSchedule): Promise<string | undefined> {
  const before = described.info.numActionsTaken;
  for (const deadline = Date.now() + START_LIMIT_MS; Date.now() < deadline;) {
    const { info } = await handle.describe();
    if (info.numActionsTaken > before) return newest(info);
    await sleep(200);
  }
  return undefined;
}

const newest = ({ recentActions }: ScheduleDescription['info']): string | undefined =>
  recentActions.at(-1)?.action.workflow.workflowId;

const because = (note: string | undefined): string => (note === undefined || note === '' ? '' : ` (${note})`);
