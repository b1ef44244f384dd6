import type { Command } from 'commander';
import pc from 'picocolors';
import { BackboneDamaged } from '../backbones/model-file.js';
import { BACKBONE_NAMES, listBackbones, resolveBackbone } from '../backbones/registry.js';
import { openStore } from '../storage/open-store.js';
import { summariseBackbone } from './describe-backbone.js';
import { escapeTerminal } from './escape-terminal.js';
import { EXIT } from './exit-codes.js';
import { storeOption } from './store-option.js';

export function addBackboneList(group: Command): void {
  group
    .command('list')
    .description('List the backbones that come with Graft and those that are registered in a store.')
    .addOption(storeOption())
    .option('--json', 'print one line of JSON per backbone')
    .addHelpText('after', '\nExamples:\n  graft backbone list\n  graft backbone list --json')
    .action(list);
}

async function list(options: { readonly store: string; readonly json?: boolean }): Promise<void> {
  const store = await openStore(options.store);
  const registered = await listBackbones(store);
  const bundled = await Promise.all(BACKBONE_NAMES.map(resolveBackbone));
  const backbones = [
    ...bundled.map(({ file: _file, ...backbone }) => ({ ...backbone, bundled: true })),
    ...registered.flatMap((found) =>
      found instanceof BackboneDamaged ? [] : [{ ...found, bundled: false }],
    ),
  ];
  const width = Math.max(...backbones.map(({ name }) => name.length));
  for (const backbone of backbones) {
    const note = backbone.bundled ? pc.dim(' (comes with Graft)') : '';
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(backbone)}\n`
        : `${pc.bold(backbone.name.padEnd(width))}  ${escapeTerminal(summariseBackbone(backbone))}${note}\n`,
    );
  }
  for (const damaged of registered.filter((found) => found instanceof BackboneDamaged)) {
    process.stderr.write(`${pc.yellow('!')} ${escapeTerminal(damaged.message)}\n`);
    process.exitCode = EXIT.unavailable;
  }
}
