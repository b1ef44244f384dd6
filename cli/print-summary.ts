import { resolve } from 'node:path';
import type { RunSummary } from '../runs/run-summary.js';
import type { ObjectStore } from '../storage/object-store.js';
import { escapeLines } from './escape-terminal.js';
import { describePlace } from './object-place.js';
import { quoteWord } from './quote-word.js';
import type { Session } from './session.js';
import { DEFAULT_STORE } from './store-option.js';

/** What a person sees at the end of a run that ended well. `address` is the store as it was typed. */
export function printSummary(
  summary: RunSummary,
  store: ObjectStore,
  session: Pick<Session, 'uiUrl'>,
  output: NodeJS.WritableStream,
  address: string,
): void {
  output.write(`\n${escapeLines(summary.classificationReport)}\n`);
  if (summary.status === 'unchanged')
    output.write(`Nothing has changed since run ${summary.sameAs}: its model and report stand.\n`);
  if (summary.notPromotable !== undefined)
    output.write(`Promotion    refused: ${escapeLines(summary.notPromotable)}\n`);
  output.write(`Report       ${describePlace(store, summary.keys.report)}\n`);
  if (session.uiUrl !== undefined) {
    output.write(
      `Workflow     ${session.uiUrl}/namespaces/default/workflows/${encodeURIComponent(summary.workflowId)}\n`,
    );
  }
  // Without a name it takes the model that was trained last, which may be another data set's by now.
  const model = summary.status === 'unchanged' ? ` --model ${summary.model.slice(0, 12)}` : '';
  output.write(`Classify     graft classify my-picture.jpg${model}${elsewhere(address)}\n`);
}

/** What a command to be copied needs where the store is not the usual one. */
export const elsewhere = (address: string): string =>
  address === DEFAULT_STORE ? '' : ` --store ${quoteWord(address)}`;

/** The contract of `--json`: files as paths, objects of a bucket as keys. */
export function printJson({ runId, workflowId, status, keys }: RunSummary, store: ObjectStore): void {
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
