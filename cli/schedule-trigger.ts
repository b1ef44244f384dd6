import type { Command } from 'commander';
import { triggerSchedule } from './schedule-actions.js';
import { describeServing, withSchedules } from './schedule-session.js';
import { storeOption } from './store-option.js';

export function addScheduleTrigger(group: Command): void {
  group
    .command('trigger')
    .argument('<id>', 'which schedule')
    .description('Start a run of a schedule now, also while the schedule is paused.')
    .addOption(storeOption())
    .addHelpText('after', '\nExamples:\n  graft schedule trigger nightly')
    .action(trigger);
}

async function trigger(id: string, { store }: { readonly store: string }): Promise<void> {
  await withSchedules(store, async (session) => {
    const workflowId = await triggerSchedule(session.client, id);
    const started =
      workflowId === undefined
        ? `Temporal was asked to start a run and has not yet; graft schedule describe ${id} shows it.`
        : `Started ${workflowId}; graft status shows how far it is.`;
    process.stdout.write(`${started}\n${describeServing(session)}`);
  });
}
