import { failedSentences } from '../../checks/stored-checks.js';
import { type Html, NOTHING, html } from '../html.js';
import { countOf, formatCount } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { receiptTrouble } from './receipt.js';

/** What a reader must not overlook, right below the headline. */
export function notices(input: ReportInput): Html {
  const messages = troubles(input);
  return messages.length === 0
    ? NOTHING
    : html`<div class="notice" role="note">${messages.map((message) => html`<p>${message}</p>`)}</div>`;
}

/** One sentence or two for each trouble; empty for a sound run. Text in them is untrusted. */
export function troubles({ head, receipt, notPromotable, checks }: ReportInput): readonly string[] {
  const { convergence, settings } = head;
  return [
    ...receiptTrouble(receipt),
    ...(notPromotable === undefined ? [] : [`Not to be promoted. ${notPromotable}`]),
    ...(checks === undefined ? [] : failedSentences(checks.found)).map(
      (sentence) => `A data check failed. ${sentence}`,
    ),
    ...(convergence.converged
      ? []
      : [
          `The head's solver stopped after ${countOf(convergence.iterations, 'iteration')} without converging: raise maxIterations (now ${formatCount(settings.maxIterations)}) or lower C.`,
        ]),
  ];
}
