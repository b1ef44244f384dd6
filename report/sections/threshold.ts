import type { ThresholdAim, ThresholdMetrics } from '../../heads/calibration/threshold.js';
import { type Html, NOTHING, html } from '../html.js';
import { type MaybeNumber, formatCount, formatPercent, formatScore } from '../numbers.js';
import type { ReportInput, ReportedThreshold } from '../report-input.js';
import { className } from './name.js';

/** The chosen threshold, apart from all other numbers of the page, which go by the most probable class. */
export function threshold(input: ReportInput): Html {
  const { threshold: chosen, dataset } = input;
  if (chosen === undefined) return NOTHING;
  return html`<section aria-labelledby="threshold">
    <h2 id="threshold">A threshold of its own</h2>
    <p class="lead">
      Chosen on validation for ${aimInWords(chosen.aim)}: call a picture ${className(dataset.positive)} from a
      calibrated probability of <b>${formatScore(chosen.evaluation.threshold)}</b>. All other numbers of this
      page go by the most probable class.
    </p>
    ${thresholdTable(chosen, dataset.positive, mostProbable(input))}
  </section>`;
}

/** "the best F1", "a precision of at least 95.0 %". */
export function aimInWords(aim: ThresholdAim): string {
  switch (aim.aim) {
    case 'f1':
      return 'the best F1';
    case 'precision':
    case 'recall':
      return `a ${aim.aim} of at least ${formatPercent(aim.least)}`;
  }
}

type Measured = Omit<ThresholdMetrics, 'threshold'>;

const ROWS: readonly (readonly [string, (of: Measured) => string])[] = [
  ['precision', percent(({ precision }) => precision)],
  ['recall', percent(({ recall }) => recall)],
  ['F1', ({ f1 }) => formatScore(f1)],
  ['accuracy', percent(({ accuracy }) => accuracy)],
  ['found', ({ truePositives }) => formatCount(truePositives)],
  ['missed', ({ falseNegatives }) => formatCount(falseNegatives)],
  ['false alarms', ({ falsePositives }) => formatCount(falsePositives)],
  ['rightly left', ({ trueNegatives }) => formatCount(trueNegatives)],
];

function percent(pick: (of: Measured) => MaybeNumber) {
  return (of: Measured): string => formatPercent(pick(of));
}

/** The same numbers of evaluation by the most probable class, to compare. */
function mostProbable({ dataset, metrics, statistics }: ReportInput): Measured {
  const { confusion, accuracy } = metrics.evaluation;
  const at = dataset.classes.indexOf(dataset.positive);
  const other = 1 - at;
  const count = (truth: number, predicted: number): number => confusion[truth]?.[predicted] ?? 0;
  const of = statistics.classes[at];
  return {
    precision: of?.precision ?? null,
    recall: of?.recall ?? null,
    f1: of?.f1 ?? null,
    accuracy,
    truePositives: count(at, at),
    falseNegatives: count(at, other),
    falsePositives: count(other, at),
    trueNegatives: count(other, other),
  };
}

function thresholdTable(
  { validation, evaluation }: ReportedThreshold,
  positive: string,
  unchosen: Measured,
): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Metrics at the threshold">
    <table class="narrow">
      <thead>
        <tr>
          <th scope="col">of ${className(positive)}</th>
          <th scope="col" class="number">evaluation</th>
          <th scope="col" class="number">validation</th>
          <th scope="col" class="number">evaluation by the most probable class</th>
        </tr>
      </thead>
      <tbody>
        ${ROWS.map(
          ([title, value]) =>
            html`<tr>
              <th scope="row">${title}</th>
              ${[evaluation, validation, unchosen].map((of) => html`<td class="number">${value(of)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
