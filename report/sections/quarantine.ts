import type { QuarantinedImage } from '../../dataset/dataset.js';
import { type Html, NOTHING, html } from '../html.js';
import { countOf, formatBytes, formatCount } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { name } from './name.js';

/** Rows that stand open in the page; more are folded away. */
const OPEN_ROWS = 8;
/** Rows that the page holds at all; the rest is in the store's quarantine.parquet. */
const MOST_ROWS = 500;

/** The pictures that were refused, each with its reason. */
export function quarantine({ quarantined }: ReportInput): Html {
  const table = quarantineTable(quarantined.slice(0, MOST_ROWS));
  const rest = quarantined.length - MOST_ROWS;
  return html`<section aria-labelledby="quarantine">
    <h2 id="quarantine">Quarantined pictures</h2>
    ${
      quarantined.length === 0
        ? html`<p class="empty">None: every picture could be read.</p>`
        : html`<p class="lead">
              ${countOf(quarantined.length, 'picture')} could not be used and
              ${quarantined.length === 1 ? 'was' : 'were'} left out of training and evaluation.
            </p>
            ${
              quarantined.length <= OPEN_ROWS
                ? table
                : html`<details>
                    <summary>
                      Show ${formatCount(Math.min(quarantined.length, MOST_ROWS))} with their reasons
                    </summary>
                    ${table}
                  </details>`
            }
            ${
              rest > 0
                ? html`<p class="lead">
                    ${formatCount(rest)} more are listed in the dataset's quarantine.parquet.
                  </p>`
                : NOTHING
            }`
    }
  </section>`;
}

function quarantineTable(images: readonly QuarantinedImage[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Quarantined pictures">
    <table class="wide">
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">Reason</th>
          <th scope="col">Split</th>
          <th scope="col">Class</th>
          <th scope="col" class="number">Size</th>
        </tr>
      </thead>
      <tbody>
        ${images.map(
          (image) =>
            html`<tr>
              <th scope="row" class="path">${name(image.path)}</th>
              <td>${name(image.reason, 200)}</td>
              <td>${image.split}</td>
              <td>${name(image.class, 40)}</td>
              <td class="number">${formatBytes(image.bytes)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
