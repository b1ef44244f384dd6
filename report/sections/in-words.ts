import { type Html, html } from '../html.js';
import { countOf, formatCount, formatPercent } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { className } from './name.js';

/** The classification report's most important lines, for those who do not read precision and recall every day. */
export function inWords(input: ReportInput): Html {
  if (input.evaluation.length === 0) return html`<p>Nothing was evaluated.</p>`;
  return input.dataset.classes.length === 2 ? aboutPositive(input) : aboutExtremes(input);
}

function aboutPositive({ dataset: { classes, positive }, metrics: { evaluation } }: ReportInput): Html {
  const index = classes.indexOf(positive);
  const found = evaluation.confusion[index]?.[index] ?? 0;
  const support = evaluation.support[index] ?? 0;
  const called = evaluation.confusion.reduce((sum, row) => sum + (row[index] ?? 0), 0);
  return html`<p>
      Of ${countOf(support, 'picture')} of ${className(positive)}, <b>${formatCount(found)}</b> were
      recognised: recall ${formatPercent(found / support)}.
    </p>
    <p>
      Of ${countOf(called, 'picture')} taken for ${className(positive)}, <b>${formatCount(found)}</b> really
      are: precision ${formatPercent(found / called)}.
    </p>`;
}

function aboutExtremes({ dataset: { classes }, metrics: { evaluation } }: ReportInput): Html {
  const byRecall = classes
    .map((each, i) => ({
      class: each,
      found: evaluation.confusion[i]?.[i] ?? 0,
      support: evaluation.support[i] ?? 0,
    }))
    .filter(({ support }) => support > 0)
    .sort((a, b) => a.found / a.support - b.found / b.support);
  return html`${[
    { adjective: 'Hardest', extreme: byRecall.at(0) },
    { adjective: 'Easiest', extreme: byRecall.at(-1) },
  ].map(({ adjective, extreme }) =>
    extreme === undefined
      ? ''
      : html`<p>
          ${adjective} class: ${className(extreme.class)}, recognised in
          <b>${formatCount(extreme.found)}</b> of ${countOf(extreme.support, 'picture')}
          (${formatPercent(extreme.found / extreme.support)}).
        </p>`,
  )}`;
}
