import type { SplitName } from '../../dataset/dataset.js';
import type { SplitMetrics } from '../../heads/metrics.js';
import type { Interval } from '../../heads/statistics/interval.js';
import { type Html, NOTHING, html } from '../html.js';
import {
  type MaybeNumber,
  formatPercent,
  formatPercentInterval,
  formatScore,
  formatScoreInterval,
} from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { name } from './name.js';

/** One number of the evaluation split, large, with how sure it is and what the other splits say. */
interface Tile {
  readonly title: string;
  /** What the number is about. */
  readonly about: Html | string;
  readonly metric: (metrics: SplitMetrics) => string;
  readonly sureness: Html | string;
}

/** The four numbers of the first screen. */
export function tiles(input: ReportInput): Html {
  const { statistics } = input;
  const all: readonly Tile[] = [
    {
      title: 'Accuracy',
      about: 'most probable class',
      metric: ({ accuracy }) => formatPercent(accuracy),
      sureness: interval(statistics.accuracy, formatPercentInterval),
    },
    {
      title: 'ROC AUC',
      about: scope(input),
      metric: score(({ rocAuc }) => rocAuc),
      sureness: interval(statistics.rankings.rocAuc, formatScoreInterval),
    },
    {
      title: 'Average precision',
      about: scope(input),
      metric: score(({ averagePrecision }) => averagePrecision),
      sureness: interval(statistics.rankings.averagePrecision, formatScoreInterval),
    },
    {
      title: 'Log loss',
      about: 'lower is better',
      metric: score(({ logLoss }) => logLoss),
      sureness: calibrated(input),
    },
  ];
  return html`<div class="tiles">${all.map((each) => tile(each, input))}</div>`;
}

function tile({ title, about, metric, sureness }: Tile, { metrics }: ReportInput): Html {
  const row = (split: SplitName): Html =>
    html`<div>
      <dt>${split}</dt>
      <dd>${metric(metrics[split])}</dd>
    </div>`;
  return html`<div class="tile">
    <h3>${title} <span>${about}</span></h3>
    <p class="value">${metric(metrics.evaluation)}</p>
    <p class="sureness">${sureness}</p>
    <dl>${row('validation')} ${row('training')}</dl>
  </div>`;
}

/** A linear SVM has no other probabilities than its calibrator's. */
function calibrated({ calibration, head }: ReportInput): Html {
  if (calibration === undefined) return NOTHING;
  return head.kind === 'linear-svm'
    ? html`by its calibrator`
    : html`calibrated ${formatScore(calibration.logLoss)}`;
}

/** More than two classes are all alike; of two, a ranking is about one. */
function scope({ dataset: { classes, positive } }: ReportInput): Html {
  return classes.length === 2
    ? html`positive class ${name(positive, 24)}`
    : html`macro, each against the rest`;
}

const score =
  (pick: (metrics: SplitMetrics) => MaybeNumber) =>
  (metrics: SplitMetrics): string =>
    formatScore(pick(metrics));

/** Resamples of a ranking without a mistake are all without: no width, which must not be read as certainty. */
function interval(of: Interval | null, format: (interval: Interval) => string): Html {
  if (of === null) return NOTHING;
  if (of.lower === of.upper) return html`too few mistakes for an interval`;
  return html`95${' '}%: ${format(of)}`;
}
