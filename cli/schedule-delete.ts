import type { Command } from 'commander';
import { escapeTerminal } from './escape-terminal.js';
import { deleteSchedule } from './schedule-actions.js';
import { describeInput, describeTimes } from './schedule-print.js';
import { withSchedules } from './schedule-session.js';
import { storeOption } from './store-option.js';

export function addScheduleDelete(group: Command): void {
  group
    .command('delete')
    .argument('<id>', 'which schedule')
    .description(
      'Delete a schedule; the runs that it started stay. What a backfill has waiting is not started.',
    )
    .addOption(storeOption())
    .addHelpText('after', '\nExamples:\n  graft schedule delete nightly')
    .action(remove);
}

async function remove(id: string, { store }: { readonly store: string }): Promise<void> {
  await withSchedules(store, async ({ client }) => {
    const view = await deleteSchedule(client, id);
    const { taken, running } = view;
    const open = running.length === 0 ? '' : ` Still open: ${running.map(escapeTerminal).join(', ')}.`;
    const kept = taken === 1 ? 'The run that it started stays.' : `The ${taken} runs that it started stay.`;
    process.stdout.write(
      `Deleted the schedule ${escapeTerminal(id)}: ${describeTimes(view)}, input ${describeInput(view)}. ` +
        `${taken === 0 ? 'It had started no run.' : kept}${open}\n`,
    );
  });
}
