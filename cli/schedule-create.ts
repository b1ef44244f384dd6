import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { createBackboneLookup } from '../backbones/registry.js';
import { resolveDataset } from '../dataset/known-datasets.js';
import { BadInput } from '../errors/graft-error.js';
import { serverFolderOf } from '../infra/server-folder.js';
import { allowTypedSource } from '../infra/typed-sources.js';
import type { RunInput } from '../runs/run-input.js';
import { quoteWord } from './quote-word.js';
import { type InputOptions, addInputOptions, isUrl, toInput } from './run-options.js';
import { parseDuration } from './schedule-duration.js';
import { printSchedule } from './schedule-print.js';
import { type ScheduleSession, describeServing, withSchedules } from './schedule-session.js';
import type { TypedSpec } from './schedule-spec.js';
import { createSchedule, scheduleOptions } from './schedules.js';
import { storeOption } from './store-option.js';

interface CreateOptions extends InputOptions, TypedSpec {
  readonly store: string;
  readonly dataset: string;
}

export function addScheduleCreate(group: Command): void {
  const verb = group
    .command('create')
    .argument('<id>', 'what the schedule is called')
    .description(
      'Start runs by a clock. A run is skipped while the last one is open, and one that fails pauses the schedule.',
    )
    .requiredOption('--dataset <name>', 'sample, food-5k, or a name of your own together with --source')
    .option('--cron <expression>', 'when: minute, hour, day of month, month, day of week')
    .option('--every <duration>', 'or how often: 6h, 1d', parseDuration)
    .option('--time-zone <name>', 'of --cron, such as Europe/Berlin (default UTC)')
    .option('--jitter <duration>', 'start up to so much later, by chance', parseDuration)
    .option('--catch-up <duration>', 'make up for runs missed for up to so long (default 1d)', parseDuration);
  addInputOptions(verb)
    .addOption(storeOption())
    .addHelpText(
      'after',
      `
Examples:
  graft schedule create nightly --dataset sample --cron "0 3 * * *" --time-zone Europe/Berlin
  graft schedule create birds --dataset birds --source ./birds --every 6h --jitter 5m`,
    )
    .action(create);
}

async function create(id: string, options: CreateOptions): Promise<void> {
  const { store: address, dataset, cron, every, timeZone, jitter, catchUp, ...given } = options;
  const input = toInput(dataset, given);
  resolveDataset(input);
  const typed = Object.fromEntries(
    Object.entries({ cron, every, timeZone, jitter, catchUp }).filter(([, value]) => value !== undefined),
  ) as TypedSpec;
  // What is wrong here costs no server.
  scheduleOptions(id, input, typed);
  await withSchedules(address, async (session) => {
    await createBackboneLookup(session.store)(input.backbone ?? 'efficientnet-lite0');
    const folder = localSource(input);
    if (folder !== undefined && session.server !== 'named') await assertThere(folder);
    const view = await createSchedule(session.client, id, input, typed);
    if (folder !== undefined && session.server !== 'named')
      await allowTypedSource(serverFolderOf(session.store.url), folder);
    process.stdout.write(`${printSchedule(view)}${afterwards(session, folder)}`);
  });
}

function afterwards(session: ScheduleSession, folder: string | undefined): string {
  const mayRead =
    folder !== undefined && session.server === 'named'
      ? `They must be able to read the source, and be allowed to: graft worker --allow ${quoteWord(folder)}\n`
      : '';
  return describeServing(session) + mayRead;
}

const localSource = ({ source }: RunInput): string | undefined =>
  source === undefined || isUrl(source) ? undefined : source;

/** Where the workers are on this machine, a path that was mistyped need not wait for the night. */
async function assertThere(source: string): Promise<void> {
  await stat(source).catch((cause: unknown) => {
    throw new BadInput(`--source ${source} does not exist. Correct the path, or make it first.`, { cause });
  });
}
