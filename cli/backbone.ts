import type { Command } from 'commander';
import { addBackboneAdd } from './backbone-add.js';
import { addBackboneList } from './backbone-list.js';
import { addBackboneQuantize } from './backbone-quantize.js';
import { addBackboneRemove } from './backbone-remove.js';
import { addBackboneShow } from './backbone-show.js';
import { addBackboneTest } from './backbone-test.js';

/** `graft backbone …`: one file per verb. */
export function addBackbone(program: Command): void {
  const group = program
    .command('backbone')
    .description(
      'Add, list, show, quantise, test and remove the frozen networks that turn pictures into features.',
    );
  const verbs = [addBackboneAdd, addBackboneList, addBackboneShow, addBackboneQuantize, addBackboneTest];
  for (const add of [...verbs, addBackboneRemove]) add(group);
}
