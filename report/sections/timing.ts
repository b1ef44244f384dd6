import { type Html, html } from '../html.js';
import { formatSeconds } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { name } from './name.js';
import { totalSeconds } from './summary.js';

/** Wall time per stage, as a table with a bar in each row. */
export function timing(input: ReportInput): Html {
  const stages = Object.entries(input.seconds);
  const longest = Math.max(...stages.map(([, seconds]) => seconds), 0.001);
  return html`<section aria-labelledby="time">
    <h2 id="time">Time</h2>
    <table class="timing">
      <thead class="unseen">
        <tr>
          <th scope="col">Stage</th>
          <th scope="col">Share</th>
          <th scope="col">Wall time</th>
        </tr>
      </thead>
      <tbody>
        ${stages.map(
          ([stage, seconds]) =>
            html`<tr>
              <th scope="row">${name(stage, 24)}</th>
              <td class="bar"><i style="width:${((100 * seconds) / longest).toFixed(1)}%"></i></td>
              <td class="number">${formatSeconds(seconds)}</td>
            </tr>`,
        )}
        <tr class="total">
          <th scope="row">all</th>
          <td></td>
          <td class="number">${formatSeconds(totalSeconds(input))}</td>
        </tr>
      </tbody>
    </table>
  </section>`;
}
