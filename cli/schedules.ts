import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  type ScheduleOptions,
} from '@temporalio/client';
import { BadInput } from '../errors/graft-error.js';
import { NAME, NAME_RULE } from '../runs/names.js';
import type { RunInput } from '../runs/run-input.js';
import { PIPELINE_QUEUE } from '../runs/task-queues.js';
import { type TypedSpec, catchUpOf, toSpec } from './schedule-spec.js';
import { type ScheduleView, viewSchedule } from './schedule-view.js';

const WORKFLOW = 'transferLearning';

/** A schedule that is there, and what the server said of it last. */
export interface FoundSchedule {
  readonly handle: ScheduleHandle;
  readonly described: ScheduleDescription;
}

/**
 * Has the server start runs of this input by itself. A run is skipped while the last one is open; one that fails pauses
 * the schedule, and it fails, rather than wait for somebody, where batches fail.
 *
 * Throws `BadInput` for an id that is no name or is taken, for times that contradict themselves or that the server does
 * not understand, and for times that never come.
 */
export async function createSchedule(
  client: Client,
  id: string,
  input: RunInput,
  typed: TypedSpec,
): Promise<ScheduleView> {
  const options = scheduleOptions(id, input, typed);
  const handle = await client.schedule.create(options).catch((error: unknown) => {
    throw explainRefusal(error, id, typed);
  });
  const described = await handle.describe();
  if (described.info.nextActionTimes.length === 0) {
    await handle.delete();
    throw new BadInput(`--cron ${JSON.stringify(typed.cron ?? '')} means times that never come. Correct it.`);
  }
  return viewSchedule(client, described);
}

/** What Graft asks the server for. Throws `BadInput`. */
export function scheduleOptions(id: string, input: RunInput, typed: TypedSpec): ScheduleOptions {
  if (!NAME.test(id)) throw new BadInput(`Expected an id ${NAME_RULE}, received ${JSON.stringify(id)}.`);
  return {
    scheduleId: id,
    spec: toSpec(typed),
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW,
      taskQueue: PIPELINE_QUEUE,
      workflowId: `graft-${input.dataset}-scheduled-${id}`,
      args: [{ ...input, onFailedBatches: 'fail' }],
      staticSummary: `${input.dataset} · ${input.backbone ?? 'efficientnet-lite0'} · schedule ${id}`,
      ...(input.source !== undefined && { staticDetails: `Source: ${input.source}` }),
    },
    policies: { overlap: 'SKIP', pauseOnFailure: true, catchupWindow: catchUpOf(typed) },
  };
}

/** Every schedule of the namespace that starts runs of Graft, however it was made, in the order of their ids. */
export async function listSchedules(client: Client): Promise<readonly ScheduleView[]> {
  const ids: string[] = [];
  for await (const { scheduleId, action } of client.schedule.list()) {
    if (action?.workflowType === WORKFLOW) ids.push(scheduleId);
  }
  const views: ScheduleView[] = [];
  // One after the other: each asks for its last ten runs, too.
  for (const id of ids.sort()) {
    const handle = client.schedule.getHandle(id);
    const described = await describeOrUndefined(handle);
    if (described !== undefined) views.push(await viewSettled(client, { handle, described }));
  }
  return views;
}

/** Finds a schedule. Throws `BadInput` where there is none, or one that starts something else. */
export async function findSchedule(client: Client, id: string): Promise<FoundSchedule> {
  const handle = client.schedule.getHandle(id);
  const described = await describeOrUndefined(handle);
  if (described === undefined)
    throw new BadInput(
      `There is no schedule ${JSON.stringify(id)} on this server. graft schedule list shows what there is.`,
    );
  const { workflowType } = described.action;
  if (workflowType === WORKFLOW) return { handle, described };
  throw new BadInput(
    `The schedule ${JSON.stringify(id)} starts ${JSON.stringify(workflowType)}, not a run of Graft. ` +
      'Use the Temporal CLI for it: temporal schedule --help.',
  );
}

/** What is known of one schedule. Throws `BadInput` where there is none. */
export async function describeSchedule(client: Client, id: string): Promise<ScheduleView> {
  return viewSettled(client, await findSchedule(client, id));
}

/** The server looks at how a run ended only when it is asked about the schedule, and answers first. */
const SETTLING_MS = 500;

async function viewSettled(client: Client, { handle, described }: FoundSchedule): Promise<ScheduleView> {
  const view = await viewSchedule(client, described);
  const isPauseDue = view.pauseOnFailure && !view.paused && view.lastRuns.at(-1)?.status === 'failed';
  if (!isPauseDue) return view;
  await sleep(SETTLING_MS);
  return viewSchedule(client, await handle.describe());
}

async function describeOrUndefined(handle: ScheduleHandle): Promise<ScheduleDescription | undefined> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function explainRefusal(error: unknown, id: string, { cron, timeZone }: TypedSpec): unknown {
  if (error instanceof ScheduleAlreadyRunning)
    return new BadInput(
      `There is a schedule ${JSON.stringify(id)} already. graft schedule describe ${id} shows it; delete it first, or choose another id.`,
      { cause: error },
    );
  if (!(error instanceof TypeError)) return error;
  // The client's form of the server's "invalid schedule spec".
  const zone = timeZone === undefined ? '' : ` --time-zone ${timeZone}`;
  const what = cron === undefined ? 'this schedule' : `--cron ${JSON.stringify(cron)}${zone}`;
  return new BadInput(
    `Temporal does not take ${what}: ${error.message}. Correct it; "0 3 * * *" is every night at three.`,
    { cause: error },
  );
}
