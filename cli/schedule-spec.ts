import type { ScheduleSpec } from '@temporalio/client';
import { BadInput } from '../errors/graft-error.js';
import { formatDuration } from './schedule-duration.js';

/** When a schedule runs, as it is typed; durations in milliseconds. */
export interface TypedSpec {
  readonly cron?: string;
  readonly every?: number;
  readonly jitter?: number;
  readonly catchUp?: number;
  readonly timeZone?: string;
}

/** A run that was missed for longer is not made up for: a day covers a machine that sleeps at night. */
const CATCH_UP_MS = 24 * 3_600_000;

/** The server takes less for this much, without a word. */
const SHORTEST_CATCH_UP_MS = 10_000;

/** Temporal's form of what was typed. Throws `BadInput` for what contradicts itself; what a cron expression may say, the server knows. */
export function toSpec({ cron, every, jitter, timeZone }: TypedSpec): ScheduleSpec {
  const times = timesOf(cron, every);
  if (timeZone !== undefined) assertTimeZone(timeZone, cron);
  if (every !== undefined && jitter !== undefined && jitter >= every)
    throw new BadInput(
      `Expected --jitter below --every, ${formatDuration(every)}; received ${formatDuration(jitter)}.`,
    );
  return {
    ...times,
    ...(jitter !== undefined && { jitter }),
    ...(timeZone !== undefined && { timezone: timeZone }),
  };
}

/** How long after its time a missed run is still started, in milliseconds. Default: a day. Throws `BadInput`. */
export function catchUpOf({ catchUp = CATCH_UP_MS }: TypedSpec): number {
  if (catchUp >= SHORTEST_CATCH_UP_MS) return catchUp;
  throw new BadInput(
    `Expected --catch-up of ${formatDuration(SHORTEST_CATCH_UP_MS)} or more, received ${formatDuration(catchUp)}.`,
  );
}

function timesOf(cron: string | undefined, every: number | undefined): ScheduleSpec {
  if (cron !== undefined && every !== undefined)
    throw new BadInput('Expected either --cron or --every, received both. Leave one out.');
  if (cron !== undefined) return { cronExpressions: [cron] };
  if (every !== undefined) return { intervals: [{ every }] };
  throw new BadInput(
    'Expected --cron or --every, received neither. Say when: --cron "0 3 * * *" or --every 6h.',
  );
}

function assertTimeZone(timeZone: string, cron: string | undefined): void {
  if (cron === undefined)
    throw new BadInput(
      '--time-zone belongs to --cron; an interval is the same in every time zone. Leave it out.',
    );
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new BadInput(
      `Expected a time zone such as Europe/Berlin for --time-zone, received ${JSON.stringify(timeZone)}.`,
      { cause },
    );
  }
}
