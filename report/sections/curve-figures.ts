import { SERIES } from '../charts/axes.js';
import type { DrawChart } from '../charts/chart.js';
import { drawCurves } from '../charts/curve-chart.js';
import { type ClassCurves, classCurves } from '../curves.js';
import { type Html, html } from '../html.js';
import { formatPercent, formatScore } from '../numbers.js';
import type { ReportInput, ScoredImage } from '../report-input.js';
import { figure, key } from './figure.js';
import { className } from './name.js';

/** ROC and precision–recall curves: of the positive class, or of each class against the rest. */
export function curveFigures(input: ReportInput, draw: DrawChart): readonly Html[] {
  const { classes, positive } = input.dataset;
  if (classes.length === 2) {
    const curves = classCurves(input.evaluation, classes, classes.indexOf(positive));
    return curves === undefined
      ? []
      : [binaryRoc(curves, input.evaluation, draw), binaryPrecisionRecall(curves, draw)];
  }
  const all = classes
    .map((_, index) => classCurves(input.evaluation, classes, index))
    .filter((curves) => curves !== undefined);
  return all.length === 0 ? [] : [manyRoc(all, draw), manyPrecisionRecall(all, draw)];
}

const ROC_AXES = { id: 'roc', xName: 'false positive rate', yName: 'true positive rate' };
const ROC_CHANCE = [[0, 0] as const, [1, 1] as const];
const PRECISION_RECALL_AXES = { id: 'precision-recall', xName: 'recall', yName: 'precision' };

function binaryRoc(curves: ClassCurves, images: readonly ScoredImage[], draw: DrawChart): Html {
  const { found, falseAlarms } = ratesAsUsed(images, curves.class);
  return figure({
    title: 'ROC curve',
    lead: html`AUC <b>${formatScore(curves.rocAuc)}</b>, positive class ${className(curves.class)}.`,
    drawing: draw(
      drawCurves({
        ...ROC_AXES,
        description: `ROC curve for ${curves.class}: area under the curve ${formatScore(curves.rocAuc)}.`,
        curves: [{ points: curves.roc, colour: SERIES[0] }],
        chance: ROC_CHANCE,
        mark: [falseAlarms, found],
      }),
    ),
    legend: html`<span class="key"
        ><i class="dot"></i
        ><span>as used: finds ${formatPercent(found)}, false alarms ${formatPercent(falseAlarms)}</span></span
      >
      ${CHANCE_KEY}`,
  });
}

function binaryPrecisionRecall(curves: ClassCurves, draw: DrawChart): Html {
  const { prevalence } = curves;
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
      }),
    ),
    legend: html`<span class="key"
      ><i class="dashes"></i
      ><span
        >guessing: ${formatPercent(prevalence)} of the pictures are ${className(curves.class)}</span
      ></span
    >`,
  });
}

function manyRoc(all: readonly ClassCurves[], draw: DrawChart): Html {
  const hardest = pickHardest(all, (curves) => curves.rocAuc);
  return figure({
    title: 'ROC curves',
    lead: html`${againstTheRest(hardest, all)} with the area under each.`,
    drawing: draw(
      drawCurves({
        ...ROC_AXES,
        description: `ROC curves. ${hardest.map((curves) => `${curves.class}: area ${formatScore(curves.rocAuc)}.`).join(' ')}`,
        curves: hardest.map((curves, i) => ({ points: curves.roc, colour: colourOf(i) })),
        chance: ROC_CHANCE,
      }),
    ),
    legend: html`${hardest.map((curves, i) =>
      key(colourOf(i), html`${className(curves.class)} ${formatScore(curves.rocAuc)}`),
    )}
    ${CHANCE_KEY}`,
  });
}

function manyPrecisionRecall(all: readonly ClassCurves[], draw: DrawChart): Html {
  const hardest = pickHardest(all, (curves) => curves.averagePrecision);
  return figure({
    title: 'Precision and recall',
    lead: html`${againstTheRest(hardest, all)} with the average precision of each.`,
    drawing: draw(
      drawCurves({
        ...PRECISION_RECALL_AXES,
        description: `Precision–recall curves. ${hardest.map((curves) => `${curves.class}: average precision ${formatScore(curves.averagePrecision)}.`).join(' ')}`,
        curves: hardest.map((curves, i) => ({ points: curves.precisionRecall, colour: colourOf(i) })),
        chance: [],
      }),
    ),
    legend: html`${hardest.map((curves, i) =>
      key(colourOf(i), html`${className(curves.class)} ${formatScore(curves.averagePrecision)}`),
    )}`,
  });
}

const CHANCE_KEY = html`<span class="key"><i class="dashes"></i><span>guessing</span></span>`;

const colourOf = (i: number): string => SERIES[i % SERIES.length] ?? SERIES[0];

/** As many curves as there are colours: the lowest, in the label encoder's order. */
function pickHardest(
  all: readonly ClassCurves[],
  score: (curves: ClassCurves) => number,
): readonly ClassCurves[] {
  const lowest = new Set(all.toSorted((a, b) => score(a) - score(b)).slice(0, SERIES.length));
  return all.filter((curves) => lowest.has(curves));
}

function againstTheRest(shown: readonly ClassCurves[], all: readonly ClassCurves[]): string {
  return shown.length < all.length
    ? `Each class against the rest, the ${shown.length} hardest of ${all.length},`
    : 'Each class against the rest,';
}

/** True and false positive rates of the predictions as they were made, not at some threshold. */
function ratesAsUsed(images: readonly ScoredImage[], positive: string) {
  const rate = (of: readonly ScoredImage[]): number =>
    of.filter((image) => image.predicted === positive).length / Math.max(of.length, 1);
  return {
    found: rate(images.filter((image) => image.class === positive)),
    falseAlarms: rate(images.filter((image) => image.class !== positive)),
  };
}
