import { type Command, InvalidArgumentError } from 'commander';
import { backfillSchedule } from './schedule-actions.js';
import { describeServing, withSchedules } from './schedule-session.js';
import { storeOption } from './store-option.js';

interface BackfillOptions {
  readonly store: string;
  readonly from: Date;
  readonly to: Date;
}

export function addScheduleBackfill(group: Command): void {
  group
    .command('backfill')
    .argument('<id>', 'which schedule')
    .description('Start the runs that a schedule would have started in the past, one after the other.')
    .requiredOption(
      '--from <time>',
      'begin of the period, included: 2026-11-20, 2026-11-20T03:00Z',
      parseTime,
    )
    .requiredOption('--to <time>', 'end of the period, included', parseTime)
    .addOption(storeOption())
    .addHelpText(
      'after',
      `
Times without a zone are UTC.

Examples:
  graft schedule backfill nightly --from 2026-11-20 --to 2026-11-23T12:00Z`,
    )
    .action(backfill);
}

async function backfill(id: string, { store, from, to }: BackfillOptions): Promise<void> {
  await withSchedules(store, async (session) => {
    const times = await backfillSchedule(session.client, id, { from, to });
    const ends = [times.at(0), times.at(-1)].map((time) => time?.toISOString());
    const what =
      times.length === 1
        ? `1 run starts, for ${ends[0]}`
        : `${times.length} runs start one after the other, for ${ends.join(' to ')}`;
    process.stdout.write(`${what}; graft schedule describe ${id} shows them.\n${describeServing(session)}`);
  });
}

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Reads ISO 8601, in UTC unless it says otherwise. Throws commander's error for anything else. */
export function parseTime(text: string): Date {
  const match = TIME.exec(text);
  const time = new Date(text.includes('T') && match?.[1] === undefined ? `${text}Z` : text);
  if (match !== null && !Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError(
    `Expected a time such as 2026-11-20, 2026-11-20T03:00Z or 2026-11-20T03:00+01:00, received "${text}".`,
  );
}
