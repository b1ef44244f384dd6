import type { Command } from 'commander';
import { addModelsCompare } from './models-compare.js';
import { addModelsList } from './models-list.js';
import { addModelsPromote } from './models-promote.js';
import { addModelsRollback } from './models-rollback.js';
import { addModelsShow } from './models-show.js';

/** `graft models …`: one file per verb. */
export function addModels(program: Command): void {
  const group = program
    .command('models')
    .description('List, show, compare, promote and roll back trained models.');
  for (const add of [addModelsList, addModelsShow, addModelsCompare, addModelsPromote, addModelsRollback])
    add(group);
}
