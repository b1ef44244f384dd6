import type { CatalogueModel } from '../registry/catalogue.js';
import type { HistoryEntry } from '../registry/history-entry.js';
import type { Verdict } from '../registry/decide-promotion.js';
import type { Rejection } from '../registry/rejections.js';

/** A model's name as it is printed: enough to tell models apart, and to type. */
export const shortName = (model: string): string => model.slice(0, 12);

/** A run's id likewise: the time of its beginning, to the millisecond. */
export const shortRun = (runId: string): string => runId.slice(0, 13);

/** `logistic regression, C 1, balanced` */
export function describeHead(
  head: { readonly kind: string; readonly C: number; readonly classWeight: string } | undefined,
): string {
  if (head === undefined) return '–';
  const kind = head.kind.replaceAll('-', ' ').replace('svm', 'SVM');
  const weights = head.classWeight === 'none' ? '' : `, ${head.classWeight}`;
  return `${kind}, C ${Number(head.C.toPrecision(4))}${weights}`;
}

/** What became of a model: `champion`, `was champion`, `awaits approval`, `rejected`, …, or nothing yet. */
export function stateOf(
  { model, notPromotable, awaitsApproval }: CatalogueModel,
  history: readonly HistoryEntry[],
  rejections: readonly Rejection[],
): string {
  const own = history.filter((entry) => entry.model === model);
  const newest = own.at(-1);
  if (newest !== undefined && newest === history.at(-1)) return `champion (entry ${newest.number})`;
  if (newest !== undefined) return `was champion (entry ${newest.number})`;
  if (awaitsApproval === true) return 'awaits approval';
  if (notPromotable !== undefined) return 'may not be promoted';
  return rejections.some((each) => each.model === model) ? 'rejected' : '';
}

const BY = {
  policy: 'by the policy',
  approve: 'after it was approved',
  cli: 'at the command line',
} as const;

/** `promoted by the policy`, `rolled back to entry 1 at the command line` */
export const describeEntry = ({ kind, by, to }: HistoryEntry): string =>
  kind === 'promoted' ? `promoted ${BY[by]}` : `rolled back to entry ${to ?? '?'} ${BY[by]}`;

const WOULD = {
  promote: 'would promote it',
  wait: 'would ask somebody',
  refuse: 'refuses it',
  keep: 'has nothing to decide',
} as const;

/** What the rule says, with its sentence. */
export const describeVerdict = ({ decision, reason }: Verdict): string =>
  `The policy ${WOULD[decision]}: ${reason}`;
