import type { ClassBreakdown } from '../../heads/statistics/class-breakdown.js';
import { type Html, NOTHING, html } from '../html.js';
import { formatCount, formatPercent, formatPercentInterval, formatScore } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { name } from './name.js';

/** Classes that stand open in the page; of more, only the hardest do. */
const OPEN_CLASSES = 12;

/** How each class was judged. */
export function classes({ dataset, statistics, evaluation }: ReportInput): Html {
  if (evaluation.length === 0) return NOTHING;
  const all = statistics.classes;
  const positive = dataset.classes.length === 2 ? dataset.positive : undefined;
  const few = all.length <= OPEN_CLASSES;
  return html`<section aria-labelledby="classes">
    <h2 id="classes">Class by class</h2>
    ${
      few
        ? html`<p class="lead">On evaluation, by the most probable class.</p>
            ${classTable(all, positive)}`
        : html`<p class="lead">
              On evaluation, by the most probable class: the ${OPEN_CLASSES} hardest of
              ${formatCount(all.length)}, lowest F1 first.
            </p>
            ${classTable(hardest(all), positive)}
            <details>
              <summary>Show all ${formatCount(all.length)} classes</summary>
              ${classTable(all, positive)}
            </details>`
    }
  </section>`;
}

/** By F1, lowest first; classes that evaluation lacks are not hard but unknown. */
function hardest(all: readonly ClassBreakdown[]): readonly ClassBreakdown[] {
  return all
    .filter(({ support }) => support > 0)
    .sort((a, b) => (a.f1 ?? 0) - (b.f1 ?? 0))
    .slice(0, OPEN_CLASSES);
}

function classTable(shown: readonly ClassBreakdown[], positive: string | undefined): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Metrics per class">
    <table class="wide">
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col" class="number">pictures</th>
          <th scope="col" class="number">precision</th>
          <th scope="col" class="number">recall</th>
          <th scope="col" class="number">recall, 95${' '}%</th>
          <th scope="col" class="number">F1</th>
          <th scope="col" class="number">ROC AUC</th>
          <th scope="col" class="number">average precision</th>
          <th scope="col" class="after-number">mostly taken for</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map((each) => classRow(each, each.class === positive))}
      </tbody>
    </table>
  </div>`;
}

function classRow(each: ClassBreakdown, isPositive: boolean): Html {
  const { mostlyTakenFor } = each;
  return html`<tr>
    <th scope="row">${name(each.class, 40)}${isPositive ? html` <small>positive</small>` : NOTHING}</th>
    <td class="number">${formatCount(each.support)}</td>
    <td class="number">${formatPercent(each.precision)}</td>
    <td class="number">${formatPercent(each.recall)}</td>
    <td class="number">${formatPercentInterval(each.recallInterval)}</td>
    <td class="number">${formatScore(each.f1)}</td>
    <td class="number">${formatScore(each.rocAuc)}</td>
    <td class="number">${formatScore(each.averagePrecision)}</td>
    <td class="after-number">
      ${mostlyTakenFor === null ? '–' : html`${name(mostlyTakenFor.class, 40)} (${formatCount(mostlyTakenFor.rows)})`}
    </td>
  </tr>`;
}
