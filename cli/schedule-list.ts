import type { Command } from 'commander';
import { summariseSchedule } from './schedule-print.js';
import { withSchedules } from './schedule-session.js';
import { listSchedules } from './schedules.js';
import { storeOption } from './store-option.js';

export function addScheduleList(group: Command): void {
  group
    .command('list')
    .description('List the schedules that start runs of Graft.')
    .addOption(storeOption())
    .option('--json', 'print one line of JSON per schedule')
    .addHelpText('after', '\nExamples:\n  graft schedule list\n  graft schedule list --json')
    .action(list);
}

async function list(options: { readonly store: string; readonly json?: boolean }): Promise<void> {
  await withSchedules(options.store, async ({ client }) => {
    const views = await listSchedules(client);
    for (const view of views)
      process.stdout.write(options.json === true ? `${JSON.stringify(view)}\n` : summariseSchedule(view));
    if (views.length === 0 && options.json !== true)
      process.stdout.write(
        'No schedules yet. Make one: graft schedule create nightly --dataset sample --cron "0 3 * * *"\n',
      );
  });
}
