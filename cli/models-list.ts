import type { Command } from 'commander';
import pc from 'picocolors';
import { BadInput } from '../errors/graft-error.js';
import { type CatalogueModel, listModels, readHeadKind } from '../registry/catalogue.js';
import { readHistory } from '../registry/history.js';
import type { HistoryEntry } from '../registry/history-entry.js';
import { listRejections } from '../registry/rejections.js';
import { formatInstant } from '../report/numbers.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { escapeTerminal } from './escape-terminal.js';
import { describeEntry, describeHead, shortName, shortRun, stateOf } from './models-words.js';
import { storeOption } from './store-option.js';

interface ListOptions {
  readonly store: string;
  readonly dataset?: string;
  readonly json?: boolean;
}

/** A model as a line of the list. */
interface Listed {
  readonly model: CatalogueModel;
  readonly head: Awaited<ReturnType<typeof readHeadKind>>;
  readonly isChampion: boolean;
  readonly state: string;
}

export function addModelsList(group: Command): void {
  group
    .command('list')
    .description('List the models of completed runs, with the champion of each data set.')
    .addOption(storeOption())
    .option('--dataset <name>', 'only models of this data set')
    .option('--json', 'print one line of JSON per model')
    .addHelpText('after', '\nExamples:\n  graft models list\n  graft models list --dataset food-5k --json')
    .action(list);
}

async function list(options: ListOptions): Promise<void> {
  const store = await openStore(options.store);
  const models = await listModels(store);
  const datasets = pickDatasets(models, options.dataset, store);
  if (datasets.length === 0 && options.json !== true)
    write(`No models in ${store.url} yet. Train one: graft run sample\n`);
  for (const [at, dataset] of datasets.entries()) {
    const history = await readHistory(store, dataset);
    const listed = await describeModels(
      store,
      models.filter((model) => model.dataset === dataset),
      history,
    );
    if (options.json === true) for (const each of listed) write(`${JSON.stringify(toJson(each, history))}\n`);
    else write(`${at === 0 ? '' : '\n'}${printDataset(dataset, listed, history.at(-1))}`);
  }
}

function pickDatasets(
  models: readonly CatalogueModel[],
  wanted: string | undefined,
  store: ObjectStore,
): readonly string[] {
  const known = [...new Set(models.map(({ dataset }) => dataset))].sort();
  if (wanted === undefined) return known;
  if (known.includes(wanted)) return [wanted];
  const there = known.length === 0 ? 'none' : known.join(', ');
  throw new BadInput(
    `Expected a data set with a completed run in ${store.url} (${there}), received ${JSON.stringify(wanted)}.`,
  );
}

async function describeModels(
  store: ObjectStore,
  models: readonly CatalogueModel[],
  history: readonly HistoryEntry[],
): Promise<readonly Listed[]> {
  const [first] = models;
  const rejections = first === undefined ? [] : await listRejections(store, first.dataset);
  const champion = history.at(-1)?.model;
  const listed: Listed[] = [];
  for (const model of models)
    listed.push({
      model,
      head: await readHeadKind(store, model.runId),
      isChampion: model.model === champion,
      state: stateOf(model, history, rejections),
    });
  return listed;
}

function printDataset(dataset: string, listed: readonly Listed[], newest: HistoryEntry | undefined): string {
  const title =
    newest === undefined
      ? 'no champion yet'
      : `champion ${shortName(newest.model)}, ${describeEntry(newest)}, ${formatInstant(newest.at)}`;
  const rows = [
    ['model', 'accuracy', 'backbone', 'head', 'trained', 'run', ''],
    ...listed.map(({ model, head, state }) => [
      shortName(model.model),
      model.accuracy.toFixed(4),
      model.backbone,
      describeHead(head),
      formatInstant(model.startedAt),
      shortRun(model.runId),
      state,
    ]),
  ].map((row) => row.map(escapeTerminal));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const marked = lines.map((line, at) => {
    if (at === 0) return pc.dim(`  ${line}`);
    return listed[at - 1]?.isChampion === true ? `${pc.green('●')} ${line}` : `  ${line}`;
  });
  return `${pc.bold(escapeTerminal(dataset))} · ${escapeTerminal(title)}\n${marked.join('\n')}\n`;
}

function toJson({ model, head, isChampion, state }: Listed, history: readonly HistoryEntry[]) {
  const { classificationReport: _report, ...known } = model;
  const entries = history.filter((entry) => entry.model === model.model).map(({ number }) => number);
  return { ...known, head: head ?? null, champion: isChampion, state, entries };
}

const write = (text: string): void => void process.stdout.write(text);
