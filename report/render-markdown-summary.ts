import { SPLITS } from '../dataset/dataset.js';
import type { SplitMetrics } from '../heads/metrics.js';
import { shorten } from './html.js';
import { codeBlock, codeSpan } from './markdown.js';
import { type MaybeNumber, formatPercent, formatScore, formatSeconds } from './numbers.js';
import type { ReportInput } from './report-input.js';
import { receiptSentences, receiptTrouble } from './sections/receipt.js';
import { headTitle } from './sections/head-title.js';
import { headlineText, totalSeconds } from './sections/summary.js';

/**
 * The report in about 25 lines of Markdown, for terminals and comments on pull requests.
 *
 * Text of `input` is untrusted: names stand in code spans, where nothing in them has a meaning.
 */
export function renderMarkdownSummary(input: ReportInput): string {
  const { dataset, backbone, metrics } = input;
  return [
    `## ${headlineText(input)}`,
    `Dataset ${codeSpan(shorten(dataset.name, 80))}, ${codeSpan(backbone.title)}, ${headTitle(input)}; ${formatSeconds(totalSeconds(input))}.`,
    metricsTable(input),
    codeBlock(metrics.evaluation.report.replace(/^\n+|\s+$/g, '')),
    [
      ...receiptTrouble(input.receipt).map((trouble) => `**${trouble}**`),
      ...receiptSentences(input.receipt),
    ].join('\n'),
    `Run ${codeSpan(input.runId)}, model ${codeSpan(input.head.model)}.`,
  ]
    .join('\n\n')
    .concat('\n');
}

function metricsTable({ dataset: { classes, positive }, metrics }: ReportInput): string {
  const about = classes.length === 2 ? codeSpan(shorten(positive, 40)) : 'macro';
  const score = (pick: (metrics: SplitMetrics) => MaybeNumber) => (split: SplitMetrics) =>
    formatScore(pick(split));
  const rows: readonly (readonly [string, (metrics: SplitMetrics) => string])[] = [
    ['Accuracy', (split) => formatPercent(split.accuracy)],
    [`ROC AUC (${about})`, score((split) => split.rocAuc)],
    [`Average precision (${about})`, score((split) => split.averagePrecision)],
    ['Log loss', score((split) => split.logLoss)],
  ];
  return [
    `| | ${SPLITS.join(' | ')} |`,
    '|---|--:|--:|--:|',
    ...rows.map(
      ([title, value]) => `| ${title} | ${SPLITS.map((split) => value(metrics[split])).join(' | ')} |`,
    ),
  ].join('\n');
}
