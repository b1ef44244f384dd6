import type { HeadKind } from '../../heads/head.js';
import type { Candidate } from '../../heads/selection/select-head.js';
import type { DrawChart } from '../charts/chart.js';
import { LOSS_STYLES, drawLosses } from '../charts/loss-chart.js';
import { type Html, NOTHING, html } from '../html.js';
import { formatC, formatPercent, formatScore } from '../numbers.js';
import type { ReportInput, ReportedSelection } from '../report-input.js';
import { figure, key } from './figure.js';
import { KIND_IN_WORDS } from './head-title.js';

/** The heads that selection tried, which it took, and why. */
export function candidates({ selection }: ReportInput, draw: DrawChart): Html {
  if (selection === undefined) return NOTHING;
  return html`<section aria-labelledby="candidates">
    <h2 id="candidates">Heads that were tried</h2>
    <p class="lead">${selection.reason}</p>
    <p class="lead">
      Each was fitted on training and compared on validation, in ${selection.folds} cross-fitted folds, at C =
      100 · 10<sup>k</sup> / mean‖x − μ‖² of the training features. The evaluation split was not asked.
    </p>
    <div class="figures beside">
      ${lossFigure(selection, draw)}
      <div class="aside">${candidateTable(selection)}</div>
    </div>
  </section>`;
}

function lossFigure({ candidates: all, winner }: ReportedSelection, draw: DrawChart): Html {
  const kinds = [...new Set(all.map(({ kind }) => kind))];
  const curves = kinds.map((kind, i) => ({
    kind,
    points: all.filter((candidate) => candidate.kind === kind),
    ...styleOf(i),
  }));
  return figure({
    title: 'Loss by C',
    lead: html`Left: simple heads. Right: heads that may fit training too closely.`,
    drawing: draw(
      drawLosses(
        `Log loss on validation by C for ${kinds.map((kind) => KIND_IN_WORDS[kind]).join(' and ')}; the lowest, ${formatScore(winner.logLoss)}, by ${KIND_IN_WORDS[winner.kind]} with C = ${formatC(winner.C)}.`,
        curves,
        winner,
      ),
    ),
    legend: html`${curves.map(({ kind, colour }) => key(colour, KIND_IN_WORDS[kind]))}
      <span class="key"><i class="ring"></i><span>chosen</span></span>
      ${all.every(({ converged }) => converged) ? NOTHING : html`<span class="key">hollow: not converged</span>`}`,
  });
}

const styleOf = (i: number) => LOSS_STYLES[i % LOSS_STYLES.length] ?? LOSS_STYLES[0];

function candidateTable({ candidates: all, winner }: ReportedSelection): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Candidates">
    <table class="dense">
      <thead>
        <tr>
          <th scope="col">Head</th>
          <th scope="col" class="number">C</th>
          <th scope="col" class="number">k</th>
          <th scope="col" class="number">log loss</th>
          <th scope="col" class="number">accuracy</th>
          <th scope="col" class="number">converged</th>
        </tr>
      </thead>
      <tbody>
        ${all.map((candidate) => candidateRow(candidate, isSame(candidate, winner)))}
      </tbody>
    </table>
  </div>`;
}

function candidateRow({ kind, C, decade, logLoss, accuracy, converged }: Candidate, won: boolean): Html {
  return html`<tr${won ? CHOSEN_ROW : NOTHING}>
    <th scope="row">${SHORT_KIND[kind]}${won ? html` <small class="chosen">chosen</small>` : NOTHING}</th>
    <td class="number">${formatC(C)}</td>
    <td class="number">${decade < 0 ? '−' : ''}${Math.abs(decade)}</td>
    <td class="number">${formatScore(logLoss)}</td>
    <td class="number">${formatPercent(accuracy)}</td>
    <td class="number">${converged ? 'yes' : 'no'}</td>
  </tr>`;
}

const CHOSEN_ROW = html` class="winner"`;
const SHORT_KIND: Readonly<Record<HeadKind, string>> = {
  'logistic-regression': 'logistic',
  'linear-svm': 'SVM',
};

const isSame = (a: Candidate, b: Candidate): boolean => a.kind === b.kind && a.C === b.C;
