import { SPLITS } from '../../dataset/dataset.js';
import { type Html, html } from '../html.js';
import { formatCount } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { name } from './name.js';

/** Classes that stand open in the page; more are folded away. */
const OPEN_CLASSES = 12;

/** How many pictures of each class are in each split. */
export function composition(input: ReportInput): Html {
  const { classes } = input.dataset;
  const table = compositionTable(input);
  return html`<section aria-labelledby="pictures">
    <h2 id="pictures">Pictures</h2>
    ${
      classes.length <= OPEN_CLASSES
        ? table
        : html`<details>
            <summary>Show ${formatCount(classes.length)} classes</summary>
            ${table}
          </details>`
    }
  </section>`;
}

function compositionTable({ dataset: { classes, counts, positive } }: ReportInput): Html {
  const count = (split: (typeof SPLITS)[number], each: string): number => counts[split][each] ?? 0;
  const cells = (of: readonly string[]): readonly Html[] => {
    const perSplit = SPLITS.map((split) => of.reduce((sum, each) => sum + count(split, each), 0));
    return [...perSplit, perSplit.reduce((sum, each) => sum + each, 0)].map(
      (number) => html`<td class="number">${formatCount(number)}</td>`,
    );
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Pictures per class and split">
    <table>
      <thead>
        <tr>
          <th scope="col">Class</th>
          ${[...SPLITS, 'all'].map((split) => html`<th scope="col" class="number">${split}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${classes.map(
          (each) =>
            html`<tr>
              <th scope="row">
                ${name(each, 40)}${classes.length === 2 && each === positive ? html` <small>positive</small>` : ''}
              </th>
              ${cells([each])}
            </tr>`,
        )}
        <tr class="total">
          <th scope="row">all</th>
          ${cells(classes)}
        </tr>
      </tbody>
    </table>
  </div>`;
}
