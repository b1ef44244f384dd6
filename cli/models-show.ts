import type { Command } from 'commander';
import {
  type CatalogueModel,
  findChampionModel,
  findModel,
  listModels,
  readHeadKind,
} from '../registry/catalogue.js';
import { readHistory } from '../registry/history.js';
import type { HistoryEntry } from '../registry/history-entry.js';
import { readLineage } from '../registry/read-lineage.js';
import { listRejections } from '../registry/rejections.js';
import { wilsonInterval } from '../heads/statistics/wilson-interval.js';
import { formatInstant } from '../report/numbers.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { escapeLines, escapeTerminal } from './escape-terminal.js';
import { labelLine } from './label-line.js';
import { describeEntry, describeHead, stateOf } from './models-words.js';
import { storeOption } from './store-option.js';

interface ShowOptions {
  readonly store: string;
  readonly dataset?: string;
  readonly json?: boolean;
}

export function addModelsShow(group: Command): void {
  group
    .command('show')
    .argument('[model]', 'name of a model, or enough of its beginning (default: the champion)')
    .description('Show what a model was made of, what it is worth, and when it was the champion.')
    .addOption(storeOption())
    .option('--dataset <name>', 'only models of this data set')
    .option('--json', 'print it as one line of JSON')
    .addHelpText('after', '\nExamples:\n  graft models show\n  graft models show 9a578d --json')
    .action(show);
}

async function show(reference: string | undefined, options: ShowOptions): Promise<void> {
  const store = await openStore(options.store);
  const models = await listModels(store);
  const model =
    reference === undefined
      ? await findChampionModel(store, models, options.dataset)
      : findModel(models, reference, store, options.dataset);
  const head = await readHeadKind(store, model.runId);
  const history = await readHistory(store, model.dataset);
  const state = stateOf(model, history, await listRejections(store, model.dataset));
  const own = history.filter((entry) => entry.model === model.model);
  const graft = await releaseOf(store, model.model);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ...model, graft, head: head ?? null, state, history: own })}\n`);
    return;
  }
  const lines = [
    ...describeModel(model, describeHead(head), graft),
    line('State', state === '' ? 'never promoted' : state),
    ...(model.notPromotable === undefined ? [] : [line('Promotion', `refused: ${model.notPromotable}`)]),
    ...own.map((entry, at) => line(at === 0 ? 'History' : '', describeOwn(entry))),
  ];
  process.stdout.write(`${lines.join('\n')}\n\n${escapeLines(model.classificationReport)}\n`);
}

function describeModel(model: CatalogueModel, head: string, graft: string): readonly string[] {
  const { accuracy, support } = model;
  const interval = wilsonInterval(Math.round(accuracy * support), support);
  return [
    line('Model', model.model),
    line('Data set', `${model.dataset}, version ${model.version.slice(0, 12)}`),
    line('Backbone', `${model.backbone}, fingerprint ${model.fingerprint.slice(0, 12)}`),
    line('Head', head),
    line('Trained', `${formatInstant(model.startedAt)} by run ${model.runId}, Graft ${graft}`),
    line(
      'Accuracy',
      `${accuracy.toFixed(4)} on ${support} evaluation pictures${interval === null ? '' : ` (95 %: ${interval.lower.toFixed(4)} to ${interval.upper.toFixed(4)})`}`,
    ),
  ];
}

const describeOwn = (entry: HistoryEntry): string =>
  `entry ${entry.number}, ${formatInstant(entry.at)}, ${describeEntry(entry)}: ${entry.reason}`;

/** The release that trained a model; `unknown` where its lineage is gone. */
async function releaseOf(store: ObjectStore, model: string): Promise<string> {
  try {
    return (await readLineage(store, model)).graft;
  } catch (error) {
    if (error instanceof ObjectNotFound) return 'unknown';
    throw error;
  }
}

/** A reason, say, comes from the store: not even its colours may pass. */
const line = (label: string, text: string): string => labelLine(label, escapeTerminal(text));
