import type { Command } from 'commander';
import pc from 'picocolors';
import { openRegistry } from '../activities/open-registry.js';
import { BadInput } from '../errors/graft-error.js';
import { listChampionDatasets } from '../registry/champion.js';
import { rollBack } from '../registry/roll-back.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { escapeTerminal } from './escape-terminal.js';
import { shortName } from './models-words.js';
import { parsePositiveCount } from './parse-count.js';
import { storeOption } from './store-option.js';

interface RollbackOptions {
  readonly store: string;
  readonly dataset?: string;
  readonly to?: number;
  readonly reason?: string;
  readonly json?: boolean;
}

export function addModelsRollback(group: Command): void {
  group
    .command('rollback')
    .description('Make an earlier champion the champion again.')
    .addOption(storeOption())
    .option('--dataset <name>', 'of which data set (default: the only one that has a champion)')
    .option(
      '--to <entry>',
      'number of the entry that shall hold again (default: the champion before)',
      parsePositiveCount,
    )
    .option('--reason <text>', 'why, for the history')
    .option('--json', 'print the entry as one line of JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  graft models rollback\n  graft models rollback --dataset food-5k --to 3',
    )
    .action(rollback);
}

async function rollback(options: RollbackOptions): Promise<void> {
  const store = await openStore(options.store);
  const dataset = await pickDataset(store, options.dataset);
  const { to, reason } = options;
  const entry = await rollBack(openRegistry(store), {
    dataset,
    ...(to !== undefined && { to }),
    ...(reason !== undefined && { reason }),
  });
  const { model, number, before = '' } = entry;
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ dataset, ...entry })}\n`
      : `${pc.bold(shortName(model))} is the champion of ${escapeTerminal(dataset)} again (entry ${number}, as in entry ${entry.to ?? '?'}; before: ${shortName(before)}).\n`,
  );
}

async function pickDataset(store: ObjectStore, wanted: string | undefined): Promise<string> {
  const known = await listChampionDatasets(store);
  const [first] = known;
  if (first === undefined)
    throw new BadInput(
      `No data set in ${store.url} has a champion yet, so there is nothing to roll back to. graft models promote makes one.`,
    );
  if (wanted === undefined && known.length === 1) return first;
  if (wanted !== undefined && known.includes(wanted)) return wanted;
  const received = wanted === undefined ? 'nothing' : JSON.stringify(wanted);
  throw new BadInput(
    `Expected --dataset to be one that has a champion (${known.join(', ')}), received ${received}.`,
  );
}
