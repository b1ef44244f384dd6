import type { Command } from 'commander';
import { removeBackbone } from '../backbones/registry.js';
import { openStore } from '../storage/open-store.js';
import { storeOption } from './store-option.js';

export function addBackboneRemove(group: Command): void {
  group
    .command('remove')
    .argument('<name>', 'name of a registered backbone: graft backbone list')
    .description(
      'Remove a backbone from a store; its features stay for when the same network is added again.',
    )
    .addOption(storeOption())
    .addHelpText('after', '\nExample:\n  graft backbone remove vgg16')
    .action(remove);
}

async function remove(name: string, options: { readonly store: string }): Promise<void> {
  const store = await openStore(options.store);
  await removeBackbone(store, name);
  process.stdout.write(
    `Removed ${name} from ${store.url}. Its features stay: adding the same network again finds them.\n`,
  );
}
