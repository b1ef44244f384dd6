import { HIT, MISS } from '../charts/axes.js';
import type { DrawChart } from '../charts/chart.js';
import { MOST_CLASSES_DRAWN, drawConfusion } from '../charts/confusion-chart.js';
import { type Html, NOTHING, html } from '../html.js';
import type { ReportInput } from '../report-input.js';
import { confusionTable, frequentConfusions } from './confusions.js';
import { curveFigures } from './curve-figures.js';
import { figure, key } from './figure.js';
import { confidenceHistogram, scoreHistogram } from './histogram-figure.js';

/** The drawings: confusion matrix, score histogram, ROC and precision–recall curves of the evaluation split. */
export function plots(input: ReportInput, draw: DrawChart): Html {
  if (input.evaluation.length === 0) return NOTHING;
  const binary = input.dataset.classes.length === 2;
  return html`<section aria-labelledby="plots">
    <h2 id="plots">Where it is right and wrong</h2>
    <div class="figures">
      ${confusionFigure(input, draw)}
      ${binary ? scoreHistogram(input, draw) : confidenceHistogram(input, draw)} ${curveFigures(input, draw)}
    </div>
  </section>`;
}

function confusionFigure({ dataset: { classes }, metrics }: ReportInput, draw: DrawChart): Html {
  const { confusion } = metrics.evaluation;
  const drawable = classes.length <= MOST_CLASSES_DRAWN;
  return figure({
    title: 'Confusion matrix',
    lead: drawable
      ? html`Each row is a true class; colours are shares of the row.`
      : html`Too many classes to draw: ${classes.length}.`,
    drawing: drawable ? draw(drawConfusion(confusion, classes)) : NOTHING,
    legend: html`${drawable ? html`${key(HIT, 'right')} ${key(MISS, 'wrong')}` : NOTHING}
    ${classes.length > 2 ? frequentConfusions(confusion, classes, drawable ? 'drawn' : 'undrawn') : NOTHING}
    ${drawable ? confusionTable(confusion, classes) : NOTHING}`,
  });
}
