import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import { resolveBackbone } from '../backbones/registry.js';
import { resolveDataset } from '../dataset/known-datasets.js';
import { graftVersion } from '../runs/graft-version.js';
import { type RunInput, parseRunInput } from '../runs/run-input.js';
import type { RunSummary } from '../runs/run-summary.js';
import { openStore } from '../storage/open-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import { printAnnouncements } from './announcements.js';
import { escapeLines } from './escape-terminal.js';
import { EXIT } from './exit-codes.js';
import { createInterruption, type Interruption } from './interruption.js';
import { describePlace } from './object-place.js';
import { type Session, openSession } from './session.js';
import { chooseProgressView } from './show-progress.js';
import { startRun } from './start-run.js';
import { DEFAULT_STORE, storeOption } from './store-option.js';
import { watchProgress } from './watch-progress.js';

interface RunCommandOptions {
  readonly store: string;
  readonly source?: string;
  readonly sha256?: string;
  readonly classMap?: Readonly<Record<string, string>>;
  readonly positive?: string;
  readonly seed?: number;
  readonly maxBadImageRate?: number;
  readonly backbone?: string;
  readonly batchSize?: number;
  readonly window?: number;
  readonly C?: number;
  readonly classWeight?: 'none' | 'balanced';
  readonly json?: boolean;
  readonly ui: boolean;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .argument('<dataset>', 'sample, food-5k, or a name of your own together with --source')
    .description(
      'Turn labelled pictures into a tested classifier; what is there already is not computed again.',
    )
    .option('--source <place>', 'folder, .zip file or http(s) URL of a zip')
    .option('--sha256 <hex>', 'expected SHA-256 of a downloaded archive')
    .option('--class-map <pairs>', 'names of the labels of a flat layout: 0=non_food,1=food', parseClassMap)
    .option('--positive <class>', 'the class that precision, recall and ROC are about')
    .option('--seed <number>', 'seed of the split, for sources without splits (default 0)', parseNumber)
    .option(
      '--max-bad-image-rate <share>',
      'refuse a data set with more unreadable pictures (default 0.01)',
      parseNumber,
    )
    .addOption(storeOption())
    .option('--backbone <name>', 'the frozen network (default efficientnet-lite0)')
    .option('--batch-size <images>', 'pictures per extraction activity (default 64)', parseNumber)
    .option('--window <batches>', 'extraction activities open at once (default 16)', parseNumber)
    .option('--C <number>', 'inverse strength of regularisation (default 1)', parseNumber)
    .addOption(new Option('--class-weight <kind>', 'weight of the classes').choices(['none', 'balanced']))
    .option('--json', 'end with one line of JSON on standard output; everything else goes to standard error')
    .option('--no-ui', 'exit after the run also on a terminal')
    .addHelpText(
      'after',
      `
Examples:
  graft run sample
  graft run food-5k
  graft run birds --source ./birds.zip --store s3://pictures/graft
  graft run lunch --source https://example.org/lunch.zip --class-map 0=other,1=lunch`,
    )
    .action(run);
}

async function run(dataset: string, options: RunCommandOptions): Promise<void> {
  const input = toInput(dataset, options);
  // The workers ask, too; here it costs no server.
  resolveDataset(input);
  const output = options.json === true ? process.stderr : process.stdout;
  const store = await openStore(options.store);
  await store.check();
  const { title } = await resolveBackbone(input.backbone ?? 'efficientnet-lite0');
  const interruption = createInterruption();
  const session = await openSession({
    store,
    kind: 'run',
    allowedRoots: [],
    typedSource: input.source === undefined || isUrl(input.source) ? undefined : input.source,
    announce: printAnnouncements(process.stderr),
    signal: interruption.signal,
  });
  try {
    output.write(`graft ${graftVersion} · ${dataset} · ${title}\n`);
    output.write(
      `Temporal     ${session.server}${session.uiUrl === undefined ? '' : `\nTemporal UI  ${session.uiUrl}`}\n`,
    );
    output.write(`Store        ${store.url}\n\n`);
    const summary = await follow(session, input, output, interruption);
    if (summary === undefined) return;
    printSummary(summary, store, session, output, options.store);
    if (options.json === true) printJson(summary, store);
    if (session.embedded && options.ui && process.stdout.isTTY) {
      output.write(`${pc.dim('The Temporal UI stays up; Ctrl-C ends it.')}\n`);
      await Promise.race([interruption.requested, session.failed]);
    }
  } finally {
    await session.close();
    interruption.dispose();
  }
}

/** Starts or joins the workflow and shows it until it ends; undefined where Ctrl-C came first. */
async function follow(
  session: Session,
  input: RunInput,
  output: NodeJS.WriteStream,
  interruption: Interruption,
): Promise<RunSummary | undefined> {
  const { handle, joined } = await startRun(session.client, input);
  if (joined) output.write(`Joined the running workflow ${handle.workflowId}.\n\n`);
  const result = session.client.withAbortSignal(session.closing, () => handle.result());
  const ended = Promise.race([result, session.failed, interruption.requested.then(() => undefined)]);
  const shown = chooseProgressView(output)(watchProgress(handle, ended));
  try {
    const summary = await ended;
    await shown;
    if (summary !== undefined) return summary;
    output.write(
      `\nStopping; running batches get 10 seconds. A second Ctrl-C exits at once.\n` +
        `The workflow ${handle.workflowId} is kept with all that is done. Resume it with the same command:\n` +
        `  ${resumeCommand()}\n`,
    );
    process.exitCode = EXIT.interrupted;
    return undefined;
  } catch (error) {
    await shown;
    throw error;
  }
}

function printSummary(
  summary: RunSummary,
  store: ObjectStore,
  session: Session,
  output: NodeJS.WriteStream,
  address: string,
): void {
  output.write(`\n${escapeLines(summary.classificationReport)}\n`);
  output.write(`Report       ${describePlace(store, summary.keys.report)}\n`);
  if (session.uiUrl !== undefined) {
    output.write(
      `Workflow     ${session.uiUrl}/namespaces/default/workflows/${encodeURIComponent(summary.workflowId)}\n`,
    );
  }
  const elsewhere = address === DEFAULT_STORE ? '' : ` --store ${quoteWord(address)}`;
  output.write(`Classify     graft classify my-picture.jpg${elsewhere}\n`);
}

/** The contract of `--json`: files as paths, objects of a bucket as keys. */
function printJson({ runId, workflowId, status, keys }: RunSummary, store: ObjectStore): void {
  const place = (key: string): string =>
    store.url.startsWith('file:') ? resolve(describePlace(store, key)) : key;
  const { metrics, receipt, report } = keys;
  const line = {
    runId,
    workflowId,
    status,
    metrics: place(metrics),
    receipt: place(receipt),
    report: place(report),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function toInput(dataset: string, options: RunCommandOptions): RunInput {
  const {
    source,
    sha256,
    classMap,
    positive,
    seed,
    maxBadImageRate,
    backbone,
    batchSize,
    window,
    C,
    classWeight,
  } = options;
  const head = { C, classWeight };
  const given = {
    dataset,
    source: source === undefined || isUrl(source) ? source : resolve(source),
    sha256,
    classMap,
    positive,
    seed,
    maxBadImageRate,
    backbone,
    batchSize,
    window,
    head: C === undefined && classWeight === undefined ? undefined : head,
  };
  // Through JSON, so that options that were not given are absent, as in an input from the Temporal CLI.
  return parseRunInput(JSON.parse(JSON.stringify(given)));
}

/** `C:\\pictures` is none. */
const isUrl = (source: string): boolean => /^[a-z][a-z\d+.-]+:\/\//i.test(source);

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value))
    throw new InvalidArgumentError(`Expected a number, received "${text}".`);
  return value;
}

function parseClassMap(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(
    pairs.map(([label, name, ...rest]) => {
      if (label && name && rest.length === 0) return [label, name];
      throw new InvalidArgumentError(`Expected pairs such as 0=non_food,1=food, received "${text}".`);
    }),
  );
}

/** The command as it was typed, for copying. */
const resumeCommand = (): string => ['graft', ...process.argv.slice(2)].map(quoteWord).join(' ');

/** A word as a shell takes it for itself. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
