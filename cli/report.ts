import type { Command } from 'commander';
import { readRun } from '../runs/read-run.js';
import { hasModel } from '../runs/run-summary.js';
import { openStore } from '../storage/open-store.js';
import { escapeLines, escapeTerminal } from './escape-terminal.js';
import { describePlace } from './object-place.js';
import { storeOption } from './store-option.js';

export function addReport(program: Command): void {
  program
    .command('report')
    .argument('<run>', 'run id, enough of its beginning, workflow id, or last')
    .description('Print the classification report of a run and where its HTML report is.')
    .addOption(storeOption())
    .option('--json', 'print the outcome as one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  graft report last
  graft report 019f2c --store s3://pictures/graft --json`,
    )
    .action(async (run: string, options: { store: string; json?: boolean }) => {
      const store = await openStore(options.store);
      const { outcome, runId } = await readRun(store, run);
      if (options.json === true) {
        process.stdout.write(`${JSON.stringify(outcome)}\n`);
        return;
      }
      const since = outcome.status === 'unchanged' ? ` since run ${outcome.sameAs}` : '';
      process.stdout.write(`run ${runId}: ${outcome.status}${since}\n\n`);
      if (hasModel(outcome)) {
        process.stdout.write(`${escapeLines(outcome.classificationReport)}\n`);
        process.stdout.write(`Positive class  ${escapeTerminal(outcome.positive)}\n`);
        process.stdout.write(`Report          ${describePlace(store, outcome.keys.report)}\n`);
      } else {
        process.stdout.write(`${escapeLines(outcome.cause.message)}\n`);
      }
    });
}
