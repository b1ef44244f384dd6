import type { Command } from 'commander';
import { addBackboneAdd } from './backbone-add.js';
import { addBackboneList } from './backbone-list.js';
import { addBackboneRemove } from './backbone-remove.js';
import { addBackboneShow } from './backbone-show.js';

/** `graft backbone …`: one file per verb. */
export function addBackbone(program: Command): void {
  const group = program
    .command('backbone')
    .description('Add, list, show and remove the frozen networks that turn pictures into features.');
  for (const add of [addBackboneAdd, addBackboneList, addBackboneShow, addBackboneRemove]) add(group);
}
