import { HIT, MISS, OTHER } from '../charts/axes.js';
import type { DrawChart } from '../charts/chart.js';
import { drawHistogram } from '../charts/histogram-chart.js';
import { confidenceOf } from '../gallery.js';
import { histogram } from '../histogram.js';
import { type Html, html } from '../html.js';
import type { ReportInput, ScoredImage } from '../report-input.js';
import { figure, key } from './figure.js';
import { className } from './name.js';

/** Two classes: the probability of the positive one, by true class, and which side of 0.5 it fell on. */
export function scoreHistogram({ dataset, evaluation }: ReportInput, draw: DrawChart): Html {
  const { classes, positive } = dataset;
  const index = classes.indexOf(positive);
  const negative = classes.find((each) => each !== positive) ?? '';
  const counts = (truth: string, right: boolean): readonly number[] =>
    histogram(
      evaluation
        .filter((image) => image.class === truth && isRight(image) === right)
        .map((image) => image.probabilities[index] ?? 0),
    );
  return figure({
    title: 'Score histogram',
    lead: html`Probability of ${className(positive)}, by true class.`,
    drawing: draw(
      drawHistogram({
        id: 'scores',
        description: `Histogram of the probability of ${positive}: ${positive} upwards, ${negative} downwards.`,
        xName: 'predicted probability',
        bars: [
          { side: 'above', colour: HIT, counts: counts(positive, true) },
          { side: 'above', colour: MISS, counts: counts(positive, false) },
          { side: 'below', colour: OTHER, counts: counts(negative, true) },
          { side: 'below', colour: MISS, counts: counts(negative, false) },
        ],
        decision: true,
      }),
    ),
    legend: html`${key(HIT, html`${className(positive)}, upwards`)}
    ${key(OTHER, html`${className(negative)}, downwards`)} ${key(MISS, 'on the wrong side of 0.5')}`,
  });
}

/** More classes: how sure the head was of what it predicted, when it was right and when it was wrong. */
export function confidenceHistogram({ evaluation }: ReportInput, draw: DrawChart): Html {
  const counts = (right: boolean): readonly number[] =>
    histogram(evaluation.filter((image) => isRight(image) === right).map(confidenceOf));
  return figure({
    title: 'Confidence',
    lead: html`Probability of the predicted class, for right and wrong predictions.`,
    drawing: draw(
      drawHistogram({
        id: 'scores',
        description: 'Histogram of the probability of the predicted class: right upwards, wrong downwards.',
        xName: 'probability of the predicted class',
        bars: [
          { side: 'above', colour: HIT, counts: counts(true) },
          { side: 'below', colour: MISS, counts: counts(false) },
        ],
        decision: false,
      }),
    ),
    legend: html`${key(HIT, 'right, upwards')} ${key(MISS, 'wrong, downwards')}`,
  });
}

const isRight = (image: ScoredImage): boolean => image.predicted === image.class;
