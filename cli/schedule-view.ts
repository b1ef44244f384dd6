import { type Client, type ScheduleDescription, WorkflowNotFoundError } from '@temporalio/client';
import type { transferLearning } from '../workflows/transfer-learning.js';
import { cronOf } from './schedule-cron.js';

/** A run that a schedule has started. */
export interface ScheduledRun {
  readonly workflowId: string;
  readonly runId: string;
  /** ISO 8601, UTC: when it was due, and when it was started. */
  readonly scheduledAt: string;
  readonly startedAt: string;
  /** `running`, what a completed run says of itself, `failed`, `canceled`, `terminated`, `timed_out`; `forgotten` once the server keeps it no more. */
  readonly status: string;
}

/** What `--json` prints of a schedule. Times are ISO 8601, UTC. */
export interface ScheduleView {
  readonly id: string;
  /** Of the runs: each adds the time that it was due. */
  readonly workflowId: string;
  /** As the workflow gets it. */
  readonly input: unknown;
  readonly cron: readonly string[];
  readonly every: readonly { readonly seconds: number; readonly offsetSeconds: number }[];
  readonly timeZone: string;
  readonly jitterSeconds: number;
  readonly overlap: string;
  readonly catchUpSeconds: number;
  readonly pauseOnFailure: boolean;
  readonly paused: boolean;
  /** Why it is paused, or the last word on it; empty where nobody said anything. */
  readonly note: string;
  readonly nextRuns: readonly string[];
  /** Oldest first; the server remembers ten. */
  readonly lastRuns: readonly ScheduledRun[];
  /** Workflow ids of the runs that are open. */
  readonly running: readonly string[];
  /** Runs that were started, that were skipped because one was open, and that were missed for too long. */
  readonly taken: number;
  readonly skipped: number;
  readonly missed: number;
  readonly createdAt: string;
}

/** Reads a description, and asks the server how its last runs ended. */
export async function viewSchedule(client: Client, described: ScheduleDescription): Promise<ScheduleView> {
  const { spec, policies, state, info, action } = described;
  return {
    id: described.scheduleId,
    workflowId: action.workflowId,
    input: action.args?.[0],
    cron: (spec.calendars ?? []).map(cronOf),
    every: (spec.intervals ?? []).map(({ every, offset }) => ({
      seconds: every / 1_000,
      // The server leaves out an offset of nothing.
      offsetSeconds: ((offset as number | undefined) ?? 0) / 1_000,
    })),
    timeZone: spec.timezone === undefined || spec.timezone === '' ? 'UTC' : spec.timezone,
    jitterSeconds: (spec.jitter ?? 0) / 1_000,
    overlap: policies.overlap ?? 'SKIP',
    catchUpSeconds: policies.catchupWindow / 1_000,
    pauseOnFailure: policies.pauseOnFailure,
    paused: state.paused,
    note: state.note ?? '',
    nextRuns: info.nextActionTimes.map((time) => time.toISOString()),
    lastRuns: await Promise.all(info.recentActions.map((run) => viewRun(client, run))),
    running: info.runningActions.map(({ workflow }) => workflow.workflowId),
    taken: info.numActionsTaken,
    skipped: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
    createdAt: info.createdAt.toISOString(),
  };
}

async function viewRun(
  client: Client,
  { action, scheduledAt, takenAt }: ScheduleDescription['info']['recentActions'][number],
): Promise<ScheduledRun> {
  const { workflowId, firstExecutionRunId } = action.workflow;
  return {
    workflowId,
    runId: firstExecutionRunId,
    scheduledAt: scheduledAt.toISOString(),
    startedAt: takenAt.toISOString(),
    status: await statusOf(client, workflowId, firstExecutionRunId),
  };
}

async function statusOf(client: Client, workflowId: string, runId: string): Promise<string> {
  try {
    const handle = client.workflow.getHandle<typeof transferLearning>(workflowId, runId);
    const { status } = await handle.describe();
    // What the run says of itself can say more.
    return status.name === 'COMPLETED' ? (await handle.result()).status : status.name.toLowerCase();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'forgotten';
    throw error;
  }
}
