import { expect, test } from 'vitest';
import { renderMarkdownSummary } from '../../report/render-markdown-summary.js';
import { reportFixture } from './report-fixture.js';

test('the summary has the numbers with their intervals, and what was chosen', async () => {
  const input = await reportFixture();
  const { rocAuc } = input.metrics.evaluation;
  const interval = input.statistics.rankings.rocAuc;
  const summary = renderMarkdownSummary(input).replaceAll('\u202F', ' ');
  const auc = rocAuc?.toFixed(4) ?? '';
  expect(summary).toContain(
    `| ROC AUC (\`food\`) | ${auc} | ${auc} | ${auc} | ${interval?.lower.toFixed(4)}–${interval?.upper.toFixed(4)} |`,
  );
  expect(summary).toContain('logistic regression, C = 0.1235, balanced classes, chosen from 18 candidates');
  expect(summary).toContain('Of 18 candidates, logistic regression with C = 0.1235 has the lowest');
  expect(summary).toContain(`expected calibration error ${input.calibration?.reliability.ece.toFixed(4)}`);
  expect(summary).toContain('At a threshold of 0.4100, chosen on validation for the best F1 of `food`');
});

test('the summary of a plain run has no empty paragraphs, and fits on a screen', async () => {
  const summary = renderMarkdownSummary(await reportFixture({ plain: true }));
  expect(summary).not.toMatch(/\n{3}|undefined|NaN/);
  expect(summary.split('\n').length).toBeLessThan(35);
  expect(summary).toContain('balanced classes, as given;');
  expect(summary).not.toMatch(/candidate|threshold|calibrat/);
});

test('the summary says first what must not be overlooked, and names no picture', async () => {
  const input = await reportFixture();
  const summary = renderMarkdownSummary({ ...input, notPromotable: 'It loses <3> points.' });
  expect(summary.split('\n\n')[2]).toBe('**Not to be promoted. It loses \\<3\\> points.**');
  for (const { name } of [...input.mistakes, ...input.narrowHits]) expect(summary).not.toContain(name);
});
