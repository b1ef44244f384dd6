import type { AgainstChampion } from '../../registry/against-champion.js';
import type { Comparison } from '../../registry/history-entry.js';
import { type Html, NOTHING, html } from '../html.js';
import { countOf, formatCount, formatPercent, formatPoints } from '../numbers.js';
import type { ReportInput } from '../report-input.js';

/** How the model does beside the champion on the same pictures, and what the rule says of it. */
export function champion({ champion: against }: ReportInput): Html {
  if (against === undefined) return NOTHING;
  const { comparison, verdict } = against;
  return html`<section aria-labelledby="champion">
    <h2 id="champion">Beside the champion</h2>
    ${comparison === undefined ? NOTHING : table(comparison, against)}
    <p>${RULE[verdict.decision]} ${verdict.reason}</p>
    ${verdict.warning === undefined ? NOTHING : html`<p>${verdict.warning}</p>`}
  </section>`;
}

/** What the rule says, as the beginning of its sentence. */
export const RULE = {
  promote: 'The rule promotes this model.',
  wait: 'The rule asks somebody.',
  refuse: 'The rule refuses this model.',
  keep: 'The rule has nothing to decide.',
} as const;

function table(comparison: Comparison, { mcnemar, champion: model = '' }: AgainstChampion): Html {
  const { rows, seen, withoutFeature, championAccuracy, challengerAccuracy, lowerBound } = comparison;
  const { onlyChampion, onlyChallenger } = comparison;
  return html`<p>
      ${countOf(rows, 'evaluation picture')} that neither model has learnt from; left out:
      ${formatCount(seen)} known to one of them, ${formatCount(withoutFeature)} without a feature.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Comparison with the champion">
      <table>
        <thead>
          <tr>
            <th scope="col"></th>
            <th scope="col" class="number">champion ${model.slice(0, 12)}</th>
            <th scope="col" class="number">this model</th>
          </tr>
        </thead>
        <tbody>
          ${row('Right', formatPercent(championAccuracy), formatPercent(challengerAccuracy))}
          ${row('Right with it alone', formatCount(onlyChampion), formatCount(onlyChallenger))}
        </tbody>
      </table>
    </div>
    ${lowerBound === null ? NOTHING : html`<p>${difference(comparison, lowerBound, mcnemar)}</p>`}`;
}

const row = (term: string, ofChampion: string, ofModel: string): Html =>
  html`<tr>
    <th scope="row">${term}</th>
    <td class="number">${ofChampion}</td>
    <td class="number">${ofModel}</td>
  </tr>`;

function difference(
  { championAccuracy, challengerAccuracy }: Comparison,
  lowerBound: number,
  mcnemar: number | undefined,
): string {
  const observed = formatPoints((challengerAccuracy ?? 0) - (championAccuracy ?? 0));
  const p = mcnemar === undefined ? '' : ` McNemar's exact test, two-sided: p = ${mcnemar.toPrecision(2)}.`;
  return `The difference is ${observed} points, and at least ${formatPoints(lowerBound)} (one-sided 95 %).${p}`;
}
