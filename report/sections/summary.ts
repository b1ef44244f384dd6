import type { DatasetManifest } from '../../dataset/dataset.js';
import { type Html, NOTHING, html } from '../html.js';
import { NO_NUMBER, countOf, formatCount, formatInstant, formatPercent, formatSeconds } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { headOrigin, headTitle } from './head-title.js';
import { inWords } from './in-words.js';
import { className, name } from './name.js';
import { notices } from './notices.js';
import { tiles } from './tiles.js';

/** The first screen: what was judged, how well, and what to be careful about. */
export function summary(input: ReportInput): Html {
  const { dataset, evaluation } = input;
  const right = evaluation.filter((image) => image.predicted === image.class).length;
  return html`<header>
      <p class="brand">
        ${LOGO} <b>Graft</b> <span>report of run ${input.runId}</span> <span>${finished(input)}</span>
      </p>
      <h1>${headline(input)}</h1>
      ${evaluation.length === 0 ? NOTHING : shareBar(right, evaluation.length)}
      <p class="lead">${caution(input)}</p>
      <p class="facts">
        ${fact('Dataset', html`${name(dataset.name)} · ${countOf(dataset.images, 'picture')}`)}
        ${classFact(dataset)} ${fact('Backbone', input.backbone.title)}
        ${fact(html`Head, ${headOrigin(input)}`, headTitle(input))}
      </p>
    </header>
    ${notices(input)}
    <section aria-labelledby="numbers">
      <h2 id="numbers" class="unseen">Numbers of the evaluation split</h2>
      ${tiles(input)}
      <div class="panel">
        <div>
          <h3>Classification report <span>evaluation</span></h3>
          <pre tabindex="0" role="region" aria-label="Classification report">
${input.metrics.evaluation.report.replace(/^\n+|\s+$/g, '') || NO_NUMBER}</pre>
        </div>
        <div class="words">
          <h3>In words</h3>
          ${inWords(input)}
        </div>
      </div>
    </section>`;
}

/** "92.2 % of 372 evaluation pictures right". */
export function headlineText(input: ReportInput): string {
  const { evaluation } = input;
  const right = evaluation.filter((image) => image.predicted === image.class).length;
  return evaluation.length === 0
    ? 'No evaluation pictures'
    : `${formatPercent(right / evaluation.length)} of ${countOf(evaluation.length, 'evaluation picture')} right`;
}

/** Wall seconds of all stages. */
export function totalSeconds({ seconds }: ReportInput): number {
  return Object.values(seconds).reduce((sum, stage) => sum + stage, 0);
}

function finished(input: ReportInput): string {
  return `finished ${formatInstant(input.finishedAt)}, took ${formatSeconds(totalSeconds(input))}`;
}

function headline(input: ReportInput): Html {
  const [share = '', ...rest] = headlineText(input).split(' of ');
  return rest.length === 0 ? html`${share}` : html`<em>${share}</em> of ${rest.join(' of ')}`;
}

function shareBar(right: number, all: number): Html {
  return html`<div
      class="share"
      role="img"
      aria-label="${formatCount(right)} right, ${formatCount(all - right)} wrong"
    >
      <i style="flex-grow:${right}"></i><i class="wrong" style="flex-grow:${all - right}"></i>
    </div>
    <p class="share-legend">
      <span>${formatCount(right)} right</span><span class="wrong">${formatCount(all - right)} wrong</span>
    </p>`;
}

/** How far the headline can be trusted, and what no skill at all would have reached. */
function caution({ dataset, evaluation, metrics, statistics }: ReportInput): Html {
  if (statistics.accuracy === null)
    return html`Nothing was evaluated, so nothing is known about unseen pictures.`;
  const { lower, upper } = statistics.accuracy;
  const largest = Math.max(...metrics.evaluation.support);
  const favourite = dataset.classes[metrics.evaluation.support.indexOf(largest)] ?? '';
  return html`On more pictures like these, expect between ${formatPercent(lower)} and ${formatPercent(upper)}
  (95${' '}% interval). Always answering ${className(favourite)} would be right for
  ${formatPercent(largest / evaluation.length)}.`;
}

function fact(term: Html | string, value: Html | string): Html {
  return html`<span><small>${term}</small> ${value}</span> `;
}

/** More than two classes are all alike; of two, the numbers below are about one. */
function classFact({ classes, positive }: DatasetManifest): Html {
  return classes.length === 2
    ? fact('Positive class', className(positive))
    : fact('Classes', formatCount(classes.length));
}

const LOGO = html`<svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
  <path d="M12 22V10" />
  <path d="M12 14c0-4 2.5-7 8-7.5C20 11.500 17 14 12 14Z" />
  <path d="M12 10c0-3.500-2-6.500-7-7.500C5 7 7.500 10 12 10Z" />
</svg>`;
