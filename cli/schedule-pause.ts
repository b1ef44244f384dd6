import type { Command } from 'commander';
import { escapeTerminal } from './escape-terminal.js';
import { pauseSchedule, resumeSchedule } from './schedule-actions.js';
import { withSchedules } from './schedule-session.js';
import { storeOption } from './store-option.js';

interface PauseOptions {
  readonly store: string;
  readonly reason: string;
}

export function addSchedulePause(group: Command): void {
  group
    .command('pause')
    .argument('<id>', 'which schedule')
    .description('Start no more runs until graft schedule resume; a run that is open goes on.')
    .option('--reason <text>', 'shown wherever the schedule is shown', 'paused with graft schedule pause')
    .addOption(storeOption())
    .addHelpText(
      'after',
      '\nExamples:\n  graft schedule pause nightly --reason "the pictures are being sorted"',
    )
    .action(pause);
}

export function addScheduleResume(group: Command): void {
  group
    .command('resume')
    .argument('<id>', 'which schedule')
    .description('Start runs again from the next time on, also after a failed run paused the schedule.')
    .addOption(storeOption())
    .addHelpText('after', '\nExamples:\n  graft schedule resume nightly')
    .action(resume);
}

async function pause(id: string, { store, reason }: PauseOptions): Promise<void> {
  await withSchedules(store, async ({ client }) => {
    await pauseSchedule(client, id, reason);
    process.stdout.write(
      `The schedule ${id} is paused (${escapeTerminal(reason)}). Go on: graft schedule resume ${id}\n`,
    );
  });
}

async function resume(id: string, { store }: { readonly store: string }): Promise<void> {
  await withSchedules(store, async ({ client }) => {
    const because = await resumeSchedule(client, id);
    const before = because === '' ? '' : `; it was paused: ${escapeTerminal(because)}`;
    process.stdout.write(`The schedule ${id} goes on${before}\n`);
  });
}
