import { resolve } from 'node:path';
import type { RunSummary } from '../runs/run-summary.js';
import type { ObjectStore } from '../storage/object-store.js';
import { escapeLines, escapeTerminal } from './escape-terminal.js';
import { describePlace } from './object-place.js';
import { labelLine } from './label-line.js';
import { shortName } from './models-words.js';
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
  output.write(
    describePromotion(summary, address)
      .map((each) => `${each}\n`)
      .join(''),
  );
  output.write(`Report       ${describePlace(store, summary.keys.report)}\n`);
  if (session.uiUrl !== undefined) {
    output.write(
      `Workflow     ${session.uiUrl}/namespaces/default/workflows/${encodeURIComponent(summary.workflowId)}\n`,
    );
  }
  // Without a name it takes the champion.
  const model = isChampion(summary) ? '' : ` --model ${shortName(summary.model)}`;
  output.write(`Classify     graft classify my-picture.jpg${model}${elsewhere(address)}\n`);
}

/** What became of the model, and what can be done about it. */
function describePromotion(summary: RunSummary, address: string): readonly string[] {
  const { promotion, notPromotable } = summary;
  if (promotion === undefined)
    return notPromotable === undefined ? [] : [line('Promotion', `refused: ${notPromotable}`)];
  const { decision, reason, warning } = promotion;
  const by = summary.status === 'unchanged' ? ' by that run' : '';
  return [
    line('Promotion', `${BECAME[decision]}${by}: ${reason}`),
    ...(warning === undefined ? [] : [line('', warning)]),
    ...(decision === 'left' || decision === 'rejected'
      ? [
          line(
            '',
            `graft models promote ${shortName(summary.model)}${elsewhere(address)} does it all the same.`,
          ),
        ]
      : []),
  ];
}

/** A reason comes from the store: not even its colours may pass. */
const line = (label: string, text: string): string => labelLine(label, escapeTerminal(text));

const BECAME = {
  promoted: 'promoted',
  kept: 'the champion already',
  left: 'left undecided',
  rejected: 'rejected',
  refused: 'refused',
} as const;

/** Whether a run's model is the champion as it ends; of a later one nobody knows here. */
const isChampion = ({ status, promotion }: RunSummary): boolean =>
  status === 'completed' && (promotion?.decision === 'promoted' || promotion?.decision === 'kept');

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
