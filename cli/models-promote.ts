import type { Command } from 'commander';
import pc from 'picocolors';
import { openRegistry } from '../activities/open-registry.js';
import { findModel, listModels } from '../registry/catalogue.js';
import { promoteByHand } from '../registry/promote-model.js';
import { openStore } from '../storage/open-store.js';
import { escapeTerminal } from './escape-terminal.js';
import { describeUnchecked, judgingNow } from './models-judging.js';
import { describeVerdict, shortName } from './models-words.js';
import { storeOption } from './store-option.js';

interface PromoteOptions {
  readonly store: string;
  readonly dataset?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

export function addModelsPromote(group: Command): void {
  group
    .command('promote')
    .argument('<model>', 'name of a model, or enough of its beginning: graft models list')
    .description('Make a model the champion of its data set, whatever the policy says of it.')
    .addOption(storeOption())
    .option('--dataset <name>', 'only models of this data set')
    .option('--reason <text>', 'why, for the history')
    .option('--json', 'print the entry and what the policy says as one line of JSON')
    .addHelpText('after', '\nExample:\n  graft models promote 4f1c22 --reason "fewer missed meals"')
    .action(promote);
}

async function promote(reference: string, options: PromoteOptions): Promise<void> {
  const store = await openStore(options.store);
  const model = findModel(await listModels(store), reference, store, options.dataset);
  const { reason } = options;
  const judging = await judgingNow(store, model);
  const { entry, verdict } = await promoteByHand(openRegistry(store), model, judging, {
    by: 'cli',
    ...(reason !== undefined && { reason }),
  });
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ dataset: model.dataset, ...entry, policy: verdict })}\n`);
    return;
  }
  const before = entry.before === undefined ? 'it is the first' : `before: ${shortName(entry.before)}`;
  const lines = [
    `${pc.bold(shortName(entry.model))} is the champion of ${escapeTerminal(model.dataset)} now (entry ${entry.number}; ${before}).`,
    escapeTerminal(describeVerdict(verdict)),
    ...describeUnchecked(judging),
    ...(verdict.warning === undefined ? [] : [verdict.warning]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
