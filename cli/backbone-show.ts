import type { Command } from 'commander';
import { BACKBONE_NAMES, readBackboneRecord, resolveBackbone } from '../backbones/registry.js';
import { openStore } from '../storage/open-store.js';
import { describeBackbone } from './describe-backbone.js';
import { escapeTerminal } from './escape-terminal.js';
import { storeOption } from './store-option.js';

export function addBackboneShow(group: Command): void {
  group
    .command('show')
    .argument('<name>', 'name of a backbone: graft backbone list')
    .description('Show what is known of a backbone: shape, recipe, licence, origin, fingerprint, tests.')
    .addOption(storeOption())
    .option('--json', 'print the record as one line of JSON')
    .addHelpText('after', '\nExamples:\n  graft backbone show vgg16\n  graft backbone show vgg16 --json')
    .action(show);
}

async function show(
  name: string,
  options: { readonly store: string; readonly json?: boolean },
): Promise<void> {
  const backbone = BACKBONE_NAMES.includes(name)
    ? await resolveBackbone(name)
    : await readBackboneRecord(await openStore(options.store), name);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(backbone)}\n`);
    return;
  }
  for (const [label, value] of describeBackbone(backbone))
    process.stdout.write(`${label.padEnd(LABELS)}  ${escapeTerminal(value)}\n`);
}

/** Width of the labels' column: `fingerprint` is the longest. */
const LABELS = 11;
