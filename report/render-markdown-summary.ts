import { CHECKS } from '../checks/check-settings.js';
import { SPLITS } from '../dataset/dataset.js';
import type { SplitMetrics } from '../heads/metrics.js';
import { shorten } from './html.js';
import { codeBlock, codeSpan, prose } from './markdown.js';
import {
  type MaybeNumber,
  NO_NUMBER,
  countOf,
  formatC,
  formatPercent,
  formatPercentInterval,
  formatScore,
  formatScoreInterval,
  formatSeconds,
} from './numbers.js';
import type { ReportInput } from './report-input.js';
import { explainCalibrator } from './sections/calibration.js';
import { RULE } from './sections/champion.js';
import { CHECK_IN_WORDS } from './sections/checks.js';
import { KIND_IN_WORDS, headOrigin, headTitle } from './sections/head-title.js';
import { troubles } from './sections/notices.js';
import { receiptSentences } from './sections/receipt.js';
import { headlineText, totalSeconds } from './sections/summary.js';
import { aimInWords } from './sections/threshold.js';

/**
 * The report in about 30 lines of Markdown, for programs, terminals and comments on pull requests.
 *
 * Text of `input` is untrusted: names stand in code spans, where nothing in them has a meaning, and sentences are
 * escaped. It names classes, never pictures: `graft forget` need not look into it.
 */
export function renderMarkdownSummary(input: ReportInput): string {
  const { dataset, backbone, metrics, receipt } = input;
  const parts = [
    `## ${headlineText(input)}`,
    `Dataset ${codeSpan(shorten(dataset.name, 80))}, ${countOf(dataset.images, 'picture')}; ${codeSpan(backbone.title)}; ${headTitle(input)}, ${headOrigin(input)}; ${formatSeconds(totalSeconds(input))}.`,
    troubles(input)
      .map((trouble) => `**${prose(trouble)}**`)
      .join('\n'),
    metricsTable(input),
    codeBlock(metrics.evaluation.report.replace(/^\n+|\s+$/g, '')),
    selectionSentence(input),
    calibrationSentence(input),
    thresholdSentence(input),
    championSentence(input),
    checksList(input),
    receiptSentences(receipt).join('\n'),
    `Run ${codeSpan(input.runId)}, model ${codeSpan(input.head.model)}.`,
  ];
  return parts
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function metricsTable({ dataset: { classes, positive }, metrics, statistics }: ReportInput): string {
  const about = classes.length === 2 ? codeSpan(shorten(positive, 40)) : 'macro';
  const score = (pick: (metrics: SplitMetrics) => MaybeNumber) => (split: SplitMetrics) =>
    formatScore(pick(split));
  const rows: readonly (readonly [string, (metrics: SplitMetrics) => string, string])[] = [
    ['Accuracy', (split) => formatPercent(split.accuracy), formatPercentInterval(statistics.accuracy)],
    [`ROC AUC (${about})`, score((split) => split.rocAuc), formatScoreInterval(statistics.rankings.rocAuc)],
    [
      `Average precision (${about})`,
      score((split) => split.averagePrecision),
      formatScoreInterval(statistics.rankings.averagePrecision),
    ],
    ['Log loss', score((split) => split.logLoss), NO_NUMBER],
  ];
  return [
    `| | ${SPLITS.join(' | ')} | evaluation, 95 % |`,
    '|---|--:|--:|--:|--:|',
    ...rows.map(
      ([title, value, interval]) =>
        `| ${title} | ${SPLITS.map((split) => value(metrics[split])).join(' | ')} | ${interval} |`,
    ),
  ].join('\n');
}

function selectionSentence({ selection }: ReportInput): string {
  if (selection === undefined) return '';
  const { winner, candidates } = selection;
  return `Of ${countOf(candidates.length, 'candidate')}, ${KIND_IN_WORDS[winner.kind]} with C = ${formatC(winner.C)} has the lowest cross-fitted calibrated log loss on validation: ${formatScore(winner.logLoss)}.`;
}

function calibrationSentence({ calibration, head }: ReportInput): string {
  if (calibration === undefined) return '';
  const { calibrator, reliability, brier, logLoss } = calibration;
  return `${explainCalibrator(calibrator, head.kind)} On evaluation, calibrated: expected calibration error ${formatScore(reliability.ece)}, Brier score ${formatScore(brier)}, log loss ${formatScore(logLoss)}.`;
}

function thresholdSentence({ threshold, dataset }: ReportInput): string {
  if (threshold === undefined) return '';
  const { threshold: at, precision, recall, f1, accuracy } = threshold.evaluation;
  return `At a threshold of ${formatScore(at)}, chosen on validation for ${aimInWords(threshold.aim)} of ${codeSpan(shorten(dataset.positive, 40))}: precision ${formatPercent(precision)}, recall ${formatPercent(recall)}, F1 ${formatScore(f1)}, accuracy ${formatPercent(accuracy)} on evaluation. All numbers above go by the most probable class.`;
}

function championSentence({ champion }: ReportInput): string {
  if (champion === undefined) return '';
  const { decision, reason } = champion.verdict;
  return `${RULE[decision]} ${prose(reason)}`;
}

/** What did not pass, a line each. */
function checksList({ checks }: ReportInput): string {
  if (checks === undefined) return 'Nobody looked at the data of this run.';
  const { verdicts } = checks.found;
  const told = CHECKS.filter((check) => verdicts[check].level !== 'passed');
  if (told.length === 0) return 'All data checks passed.';
  return [
    'Data checks:\n',
    ...told.map((check) => {
      const { level, sentence } = verdicts[check];
      return `- ${CHECK_IN_WORDS[check]}: ${level}. ${prose(sentence)}`;
    }),
  ].join('\n');
}
