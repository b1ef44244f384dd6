import { SERIES } from '../charts/axes.js';
import type { DrawChart } from '../charts/chart.js';
import { PRECISION_RECALL_AXES, ROC_AXES, ROC_CHANCE, drawCurves } from '../charts/curve-chart.js';
import type { ClassCurves } from '../curves.js';
import { type Html, html } from '../html.js';
import { formatScore } from '../numbers.js';
import { GUESSING, figure, key } from './figure.js';
import { className } from './name.js';

/** ROC curves of each class against the rest. */
export function manyRoc(all: readonly ClassCurves[], draw: DrawChart): Html {
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
    ${GUESSING}`,
  });
}

/** Precision–recall curves of each class against the rest. */
export function manyPrecisionRecall(all: readonly ClassCurves[], draw: DrawChart): Html {
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
