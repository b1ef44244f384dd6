import type { Command } from 'commander';
import { printSchedule } from './schedule-print.js';
import { withSchedules } from './schedule-session.js';
import { describeSchedule } from './schedules.js';
import { storeOption } from './store-option.js';

export function addScheduleDescribe(group: Command): void {
  group
    .command('describe')
    .argument('<id>', 'which schedule')
    .description('Show when a schedule runs, how its last runs ended, and whether and why it is paused.')
    .addOption(storeOption())
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  graft schedule describe nightly\n  graft schedule describe nightly --json',
    )
    .action(describe);
}

async function describe(
  id: string,
  options: { readonly store: string; readonly json?: boolean },
): Promise<void> {
  await withSchedules(options.store, async ({ client }) => {
    const view = await describeSchedule(client, id);
    process.stdout.write(options.json === true ? `${JSON.stringify(view)}\n` : printSchedule(view));
  });
}
