import { type DrawChart, loadCharts } from './charts/chart.js';
import { Html, html } from './html.js';
import type { ReportInput } from './report-input.js';
import { calibration } from './sections/calibration.js';
import { candidates } from './sections/candidates.js';
import { champion } from './sections/champion.js';
import { checks } from './sections/checks.js';
import { classes } from './sections/classes.js';
import { commands } from './sections/commands.js';
import { composition } from './sections/composition.js';
import { lineage } from './sections/lineage.js';
import { pictures } from './sections/pictures.js';
import { plots } from './sections/plots.js';
import { quarantine } from './sections/quarantine.js';
import { receipt } from './sections/receipt.js';
import { headlineText, summary } from './sections/summary.js';
import { threshold } from './sections/threshold.js';
import { timing } from './sections/timing.js';
import { STYLE } from './style.js';

/** In the order of the page: the answer first, then why to believe it, then what it was made of. */
const SECTIONS: readonly ((input: ReportInput, draw: DrawChart) => Html)[] = [
  summary,
  champion,
  plots,
  calibration,
  pictures,
  checks,
  classes,
  candidates,
  threshold,
  ({ receipt: counts }) => receipt(counts),
  picturesAndTime,
  lineage,
  quarantine,
  commands,
];

/** Nothing is loaded from anywhere, no script runs, no form is sent: whatever a hostile name may have smuggled in. */
const POLICY = new Html(
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
);

/**
 * The HTML report of a run: one file that needs nothing else, in light and dark, on a phone and on paper.
 *
 * All text of `input` is untrusted and escaped. The same input always gives the same text.
 *
 * @example await store.put(reportKey(runId), Buffer.from(await renderReport(input)));
 */
export async function renderReport(input: ReportInput): Promise<string> {
  const draw = await loadCharts();
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Graft ${input.graftVersion}" />
        <title>${`${input.dataset.name}: ${headlineText(input)}`}</title>
        <link rel="icon" href="data:," />
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>${SECTIONS.map((section) => section(input, draw))}</main>
        <footer>
          <p>Made by Graft ${input.graftVersion}. This file needs no network and holds no script.</p>
        </footer>
      </body>
    </html> `.markup;
}

function picturesAndTime(input: ReportInput): Html {
  return html`<div class="columns">${composition(input)} ${timing(input)}</div>`;
}
