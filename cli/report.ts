import { type Command, Option } from 'commander';
import { getIfThere } from '../dataset/optional-object.js';
import { BadInput } from '../errors/graft-error.js';
import { readRun } from '../runs/read-run.js';
import { type RunOutcome, type RunSummary, hasModel, trainedBy } from '../runs/run-summary.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { escapeLines, escapeTerminal } from './escape-terminal.js';
import { describePlace } from './object-place.js';
import { storeOption } from './store-option.js';

interface ReportOptions {
  readonly store: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

export function addReport(program: Command): void {
  program
    .command('report')
    .argument('<run>', 'run id, enough of its beginning, workflow id, or last')
    .description('Print the classification report of a run and where its HTML report is.')
    .addOption(storeOption())
    .addOption(
      new Option('--json', 'print the outcome and all metrics as one line of JSON').conflicts('markdown'),
    )
    .option('--markdown', 'print the report in short, as Markdown')
    .addHelpText(
      'after',
      `
Examples:
  graft report last
  graft report last --markdown
  graft report 019f2c --store s3://pictures/graft --json`,
    )
    .action(printReport);
}

async function printReport(reference: string, options: ReportOptions): Promise<void> {
  const store = await openStore(options.store);
  const { outcome } = await readRun(store, reference);
  if (options.json === true) process.stdout.write(`${JSON.stringify(await withMetrics(store, outcome))}\n`);
  else if (options.markdown === true) process.stdout.write(await readMarkdown(store, outcome));
  else process.stdout.write(await inShort(store, outcome));
}

/** The outcome, with what `metrics.json` holds where there is one. */
async function withMetrics(store: ObjectStore, outcome: RunOutcome): Promise<object> {
  const metrics = hasModel(outcome) ? await getIfThere(store, outcome.keys.metrics) : undefined;
  return metrics === undefined
    ? outcome
    : { ...outcome, metrics: JSON.parse(Buffer.from(metrics).toString()) as unknown };
}

async function readMarkdown(store: ObjectStore, outcome: RunOutcome): Promise<string> {
  const { runId, status } = outcome;
  if (!hasModel(outcome))
    throw new BadInput(`Run ${runId} ${status}: there is no report. graft report ${runId} says why.`);
  const key = outcome.keys.markdown;
  const markdown = key === undefined ? undefined : await getIfThere(store, key);
  if (markdown === undefined)
    throw new BadInput(
      `Run ${runId} has no report.md in ${store.url}: an older release made it, or the file is gone. Run it again, or read ${outcome.keys.report}.`,
    );
  return escapeLines(Buffer.from(markdown).toString());
}

async function inShort(store: ObjectStore, outcome: RunOutcome): Promise<string> {
  const since = outcome.status === 'unchanged' ? ` since run ${outcome.sameAs}` : '';
  const lines = hasModel(outcome)
    ? [
        escapeLines(outcome.classificationReport),
        `Positive class  ${escapeTerminal(outcome.positive)}`,
        `Report          ${await describeReport(store, outcome)}`,
      ]
    : [escapeLines(outcome.cause.message)];
  return `run ${outcome.runId}: ${outcome.status}${since}\n\n${lines.join('\n')}\n`;
}

/** Where the HTML report is, or that it is there no more. */
async function describeReport(store: ObjectStore, summary: RunSummary): Promise<string> {
  if ((await store.head(summary.keys.report)) !== undefined) return describePlace(store, summary.keys.report);
  return `removed: ${store.url} has no report.html of run ${trainedBy(summary)} any more; graft forget removes the reports of runs that knew the picture.`;
}
