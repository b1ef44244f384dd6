import { SERIES } from '../charts/axes.js';
import type { DrawChart } from '../charts/chart.js';
import { PRECISION_RECALL_AXES, ROC_AXES, ROC_CHANCE, drawCurves } from '../charts/curve-chart.js';
import type { ClassCurves, Point } from '../curves.js';
import { type Html, NOTHING, html } from '../html.js';
import { formatPercent, formatScore } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { GUESSING, figure } from './figure.js';
import { className } from './name.js';

/** The ROC curve of the positive class, with a dot where the most probable class stands, and a ring for a threshold. */
export function binaryRoc(curves: ClassCurves, input: ReportInput, draw: DrawChart): Html {
  const { found, falseAlarms } = ratesAsUsed(input);
  const chosen = input.threshold?.evaluation;
  return figure({
    title: 'ROC curve',
    lead: html`AUC <b>${formatScore(curves.rocAuc)}</b>, positive class ${className(curves.class)}.`,
    drawing: draw(
      drawCurves({
        ...ROC_AXES,
        description: `ROC curve for ${curves.class}: area under the curve ${formatScore(curves.rocAuc)}.`,
        curves: [{ points: curves.roc, colour: SERIES[0] }],
        chance: ROC_CHANCE,
        dot: [falseAlarms, found],
        ...(chosen !== undefined && {
          ring: [
            share(chosen.falsePositives, chosen.falsePositives + chosen.trueNegatives),
            chosen.recall ?? 0,
          ] satisfies Point,
        }),
      }),
    ),
    legend: html`<span class="key"
        ><i class="dot"></i
        ><span>as used: finds ${formatPercent(found)}, false alarms ${formatPercent(falseAlarms)}</span></span
      >
      ${thresholdKey(input)} ${GUESSING}`,
  });
}

/** The precision–recall curve of the positive class, marked likewise. */
export function binaryPrecisionRecall(curves: ClassCurves, input: ReportInput, draw: DrawChart): Html {
  const { prevalence } = curves;
  const { found, precision } = ratesAsUsed(input);
  const chosen = input.threshold?.evaluation;
  return figure({
    title: 'Precision and recall',
    lead: html`Average precision <b>${formatScore(curves.averagePrecision)}</b>, positive class
      ${className(curves.class)}.`,
    drawing: draw(
      drawCurves({
        ...PRECISION_RECALL_AXES,
        description: `Precision–recall curve for ${curves.class}: average precision ${formatScore(curves.averagePrecision)}.`,
        curves: [{ points: curves.precisionRecall, colour: SERIES[0] }],
        chance: [
          [0, prevalence],
          [1, prevalence],
        ],
        ...(precision !== null && { dot: [found, precision] satisfies Point }),
        ...(typeof chosen?.precision === 'number' && {
          ring: [chosen.recall ?? 0, chosen.precision] satisfies Point,
        }),
      }),
    ),
    legend: html`<span class="key"
        ><i class="dot"></i><span>as used: precision ${formatPercent(precision)}</span></span
      >
      ${thresholdKey(input)}
      <span class="key"
        ><i class="dashes"></i
        ><span>guessing: ${formatPercent(prevalence)} are ${className(curves.class)}</span></span
      >`,
  });
}

function thresholdKey({ threshold }: ReportInput): Html {
  return threshold === undefined
    ? NOTHING
    : html`<span class="key"
        ><i class="ring"></i
        ><span>at the threshold of ${formatScore(threshold.evaluation.threshold)}</span></span
      >`;
}

/** Rates of the predictions as they were made, by the most probable class, not at some threshold. */
function ratesAsUsed({ dataset: { positive }, evaluation }: ReportInput) {
  const called = evaluation.filter((image) => image.predicted === positive);
  const hits = called.filter((image) => image.class === positive).length;
  const positives = evaluation.filter((image) => image.class === positive).length;
  return {
    found: share(hits, positives),
    falseAlarms: share(called.length - hits, evaluation.length - positives),
    precision: called.length === 0 ? null : hits / called.length,
  };
}

const share = (part: number, whole: number): number => part / Math.max(whole, 1);
