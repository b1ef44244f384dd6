import { type Html, NOTHING, html } from '../html.js';
import { formatCount, formatPercent } from '../numbers.js';
import { className, name } from './name.js';

/** Pairs that stand below a drawing; without one there is room for more. */
const PAIRS_SHOWN = { drawn: 4, undrawn: 24 } as const;

/** The pairs of classes that are mistaken most often, for when there are too many cells to read. */
export function frequentConfusions(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
  matrix: keyof typeof PAIRS_SHOWN,
): Html {
  const pairs = confusion
    .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count || a.truth - b.truth || a.predicted - b.predicted)
    .slice(0, PAIRS_SHOWN[matrix]);
  if (pairs.length === 0) return NOTHING;
  return html`<p class="pairs">
    Most often mistaken:
    ${pairs.map(
      ({ truth, predicted, count }, i) =>
        html`${i > 0 ? ', ' : ''}<span
            >${className(classes[truth] ?? '')} for ${className(classes[predicted] ?? '')}
            (${formatCount(count)})</span
          >`,
    )}.
  </p>`;
}

/** The confusion matrix as a table, for those who read rather than see. */
export function confusionTable(confusion: readonly (readonly number[])[], classes: readonly string[]): Html {
  return html`<details>
    <summary>As a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
      <table>
        <thead>
          <tr>
            <th scope="col">true class</th>
            ${classes.map((each) => html`<th scope="col" class="number">as ${name(each, 24)}</th>`)}
            <th scope="col" class="number">right</th>
          </tr>
        </thead>
        <tbody>
          ${confusion.map((row, truth) => {
            const support = row.reduce((sum, count) => sum + count, 0);
            return html`<tr>
              <th scope="row">${name(classes[truth] ?? '', 24)}</th>
              ${row.map((count) => html`<td class="number">${formatCount(count)}</td>`)}
              <td class="number">${formatPercent((row[truth] ?? 0) / support)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </details>`;
}
