import { wilsonInterval } from '../../heads/statistics/wilson-interval.js';
import type { Calibrator } from '../../heads/calibration/calibrator.js';
import type { HeadKind } from '../../heads/head.js';
import type { ReliabilityBin } from '../../heads/statistics/reliability.js';
import { HIT, OTHER } from '../charts/axes.js';
import type { DrawChart } from '../charts/chart.js';
import { type DrawnBin, drawReliability } from '../charts/reliability-chart.js';
import { type Html, NOTHING, html } from '../html.js';
import { formatCount, formatPercent, formatPercentInterval, formatScore } from '../numbers.js';
import type { ReportInput, ReportedCalibration } from '../report-input.js';
import { figure, key } from './figure.js';
import { className } from './name.js';

/** How far the probabilities can be taken at their word: a reliability plot, its bins, and what the numbers mean. */
export function calibration(input: ReportInput, draw: DrawChart): Html {
  const { calibration: found } = input;
  if (found === undefined || input.evaluation.length === 0) return NOTHING;
  return html`<section aria-labelledby="calibration">
    <h2 id="calibration">Can its probabilities be taken at their word?</h2>
    <div class="figures beside">
      ${reliabilityFigure(input, found, draw)}
      <div class="aside">${calibrationNumbers(input, found)} ${binTable(found.reliability.bins)}</div>
    </div>
  </section>`;
}

function reliabilityFigure(
  { dataset: { classes, positive } }: ReportInput,
  { reliability }: ReportedCalibration,
  draw: DrawChart,
): Html {
  const binary = classes.length === 2;
  const bins = reliability.bins.flatMap(drawnBin);
  return figure({
    title: 'Reliability',
    lead: binary
      ? html`Stated probability of ${className(positive)} against how often it was.`
      : html`Stated probability of the predicted class against how often it was right.`,
    drawing: draw(
      drawReliability({
        description: `Reliability plot of ${binary ? `the probability of ${positive}` : 'the probability of the predicted class'}: expected calibration error ${formatScore(reliability.ece)} over ${bins.length} bins with pictures.`,
        xName: 'stated probability',
        yName: binary ? 'share that was' : 'share that was right',
        bins,
      }),
    ),
    legend: html`${key(HIT, 'what came true, with 95 % intervals')}
      <span class="key"><i class="dashes"></i><span>perfect</span></span> ${key(OTHER, 'pictures per bin')}`,
  });
}

function drawnBin({ from, to, rows, stated, observed }: ReliabilityBin): readonly DrawnBin[] {
  if (stated === null || observed === null) return [];
  const interval = wilsonInterval(Math.round(observed * rows), rows);
  return interval === null ? [] : [{ from, to, rows, stated, observed, interval }];
}

function calibrationNumbers(
  { dataset: { classes }, metrics, head }: ReportInput,
  { calibrator, reliability, brier, logLoss }: ReportedCalibration,
): Html {
  return html`<p>${explainCalibrator(calibrator, head.kind)}</p>
    <p>
      Of pictures that are given 90${' '}%, nine in ten should come true: points on the dashed line. Below it,
      the model is surer than it should be; above it, less sure than it could be.
    </p>
    <dl class="numbers">
      <div>
        <dt>Expected calibration error <small>15 bins, 0 is best</small></dt>
        <dd>${formatScore(reliability.ece)}</dd>
      </div>
      <div>
        <dt>Brier score <small>0 to ${classes.length === 2 ? 1 : 2}, 0 is best</small></dt>
        <dd>${formatScore(brier)}</dd>
      </div>
      <div>
        <dt>
          Log loss
          <small
            >${head.kind === 'linear-svm' ? 'a linear SVM has none without' : `${formatScore(metrics.evaluation.logLoss)} before`}</small
          >
        </dt>
        <dd>${formatScore(logLoss)}</dd>
      </div>
    </dl>`;
}

/** What was done to the decision values, and what that says of the head. */
export function explainCalibrator(calibrator: Calibrator, head: HeadKind): string {
  if (calibrator.kind === 'platt') {
    const { a, b } = calibrator;
    const digits = (value: number): string => Math.abs(value).toPrecision(4);
    return `Calibrated on validation by Platt's sigmoid: 1 / (1 + exp(${a < 0 ? '−' : ''}${digits(a)} · decision value ${b < 0 ? '−' : '+'} ${digits(b)})).`;
  }
  const { temperature } = calibrator;
  if (head === 'linear-svm')
    return `Calibrated on validation by a softmax of the margins at temperature ${temperature.toPrecision(4)}.`;
  const before = temperature > 1.05 ? 'too sure' : temperature < 0.95 ? 'too unsure' : 'about right';
  return `Calibrated on validation by temperature ${temperature.toPrecision(4)}: before, it was ${before}.`;
}

function binTable(bins: readonly ReliabilityBin[]): Html {
  return html`<details>
    <summary>The bins as a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Reliability bins">
      <table class="dense">
        <thead>
          <tr>
            <th scope="col">Stated</th>
            <th scope="col" class="number">pictures</th>
            <th scope="col" class="number">mean</th>
            <th scope="col" class="number">came true</th>
            <th scope="col" class="number">95${' '}%</th>
          </tr>
        </thead>
        <tbody>
          ${bins.map((bin) => {
            const [drawn] = drawnBin(bin);
            return html`<tr>
              <th scope="row">${bin.from.toFixed(3)}–${bin.to.toFixed(3)}</th>
              <td class="number">${formatCount(bin.rows)}</td>
              <td class="number">${formatPercent(bin.stated)}</td>
              <td class="number">${formatPercent(bin.observed)}</td>
              <td class="number">${formatPercentInterval(drawn?.interval)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </details>`;
}
