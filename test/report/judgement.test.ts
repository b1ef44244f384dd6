import { describe, expect, test } from 'vitest';
import { wilsonInterval } from '../../heads/statistics/wilson-interval.js';
import { renderReport } from '../../report/render-report.js';
import type { ReportInput } from '../../report/report-input.js';
import { reportFixture } from './report-fixture.js';
import { thresholdOf } from './tuned-run.js';

const HUNDRED = Array.from({ length: 100 }, (_, i) => `class ${i}`);

/** The text of one section of the page, without tags, with plain and single spaces. */
async function sectionOf(input: ReportInput, id: string): Promise<string> {
  const page = await renderReport(input);
  const start = page.indexOf(`aria-labelledby="${id}"`);
  if (start === -1) return '';
  const section = page.slice(page.indexOf('>', start) + 1, page.indexOf('</section>', start));
  return section
    .replace(/<svg class="plot"[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&#45;', '-');
}

describe('the first screen', () => {
  test('says how sure accuracy, AUC and average precision are', async () => {
    const input = await reportFixture();
    const numbers = await sectionOf(input, 'numbers');
    const right = input.evaluation.filter((image) => image.predicted === image.class).length;
    const { lower, upper } = wilsonInterval(right, 372) ?? { lower: 0, upper: 0 };
    expect(numbers).toContain(`95 %: ${(100 * lower).toFixed(1)}–${(100 * upper).toFixed(1)} %`);
    for (const interval of [input.statistics.rankings.rocAuc, input.statistics.rankings.averagePrecision])
      expect(numbers).toContain(`95 %: ${interval?.lower.toFixed(4)}–${interval?.upper.toFixed(4)}`);
  });

  test('does not sell a ranking without mistakes as certain', async () => {
    const numbers = await sectionOf(await reportFixture({ noise: 0 }), 'numbers');
    expect(numbers.match(/too few mistakes for an interval/g)).toHaveLength(2);
    expect(numbers).toContain('95 %: 99.0–100 %');
  });

  test('names kind and C of the head, and whether they were chosen', async () => {
    const chosen = await renderReport(await reportFixture());
    expect(chosen).toContain('Head, chosen from 18 candidates');
    expect(chosen).toContain('logistic regression, C = 0.1235, balanced classes');
    const plain = await reportFixture({ plain: true });
    const { settings } = plain.head;
    const given = await renderReport({
      ...plain,
      head: {
        ...plain.head,
        kind: 'linear-svm',
        settings: { ...settings, C: 1.23456e-7, standardise: true },
      },
    });
    expect(given).toContain('Head, as given');
    expect(given).toContain('linear SVM, C = 1.235e-7, balanced classes, standardised features');
  });
});

describe('the calibration', () => {
  test('is shown with its error, its bins and their counts', async () => {
    const input = await reportFixture();
    const section = await sectionOf(input, 'calibration');
    const { reliability, brier } = input.calibration ?? { reliability: { ece: 0, bins: [] }, brier: 0 };
    expect(section).toContain(reliability.ece.toFixed(4));
    expect(section).toContain(brier.toFixed(4));
    expect(section).toContain('Stated probability of food against how often it was.');
    expect(section).toContain('by temperature 1.310: before, it was too sure');
    const page = await renderReport(input);
    const plot = page.slice(page.indexOf('aria-label="Reliability plot'));
    for (const { rows } of reliability.bins.filter((bin) => bin.rows > 0))
      expect(plot.slice(0, plot.indexOf('</svg>'))).toContain(`>${rows}</text>`);
  });

  test('of more classes is about the predicted one', async () => {
    const section = await sectionOf(await reportFixture({ classes: ['a', 'b', 'c'] }), 'calibration');
    expect(section).toContain('Stated probability of the predicted class against how often it was right.');
    expect(section).toContain('0 to 2, 0 is best');
  });

  test("of a linear SVM is Platt's sigmoid", async () => {
    const input = await reportFixture();
    if (input.calibration === undefined) throw new Error('Expected a calibrated fixture.');
    const section = await sectionOf(
      {
        ...input,
        head: { ...input.head, kind: 'linear-svm' },
        calibration: { ...input.calibration, calibrator: { kind: 'platt', a: -1.5, b: -0.25 } },
      },
      'calibration',
    );
    expect(section).toContain('1 / (1 + exp(−1.500 · decision value − 0.2500))');
    expect(section).toContain('a linear SVM has none without');
  });
});

describe('the candidates', () => {
  test('are a row each, with the chosen one marked and the reason in words', async () => {
    const input = await reportFixture();
    const section = await sectionOf(input, 'candidates');
    expect(section).toContain(input.selection?.reason);
    expect(section.match(/ (?:logistic|SVM)(?: chosen)? [\d.e-]+ −?\d 0\.\d{4} /g)).toHaveLength(18);
    expect(section).toContain('logistic chosen 0.1235 1 0.3103 88.0 % yes');
    expect(section.match(/ chosen [\d.]+/g)).toHaveLength(1);
    expect(section).toContain('hollow: not converged');
  });

  test('and a threshold, and a calibration are left out where a run has none', async () => {
    const input = await reportFixture({ plain: true });
    for (const id of ['candidates', 'threshold', 'calibration']) expect(await sectionOf(input, id)).toBe('');
  });
});

describe('the classes', () => {
  test('of two, both are shown with intervals, and the positive one is named', async () => {
    const input = await reportFixture();
    const [food] = input.statistics.classes;
    const section = await sectionOf(input, 'classes');
    expect(section).toContain('food positive 186');
    expect(section).toContain(`${((food?.recallInterval?.lower ?? 0) * 100).toFixed(1)}–`);
    expect(section).toContain(`non_food (${food?.mostlyTakenFor?.rows})`);
  });

  test('of a hundred, the hardest come first, and all are folded away', async () => {
    const input = await reportFixture({ classes: HUNDRED, images: 1000 });
    const hardest = input.statistics.classes.toSorted((a, b) => (a.f1 ?? 0) - (b.f1 ?? 0))[0]?.class ?? '';
    const section = await sectionOf(input, 'classes');
    expect(section).toContain('the 12 hardest of 100, lowest F1 first');
    expect(section.indexOf(`taken for ${hardest} `)).toBeGreaterThan(0);
    expect(section.slice(section.indexOf('Show all 100 classes')).match(/class \d+ 10 /g)).toHaveLength(100);
  });
});

describe('the threshold', () => {
  test('stands apart from the numbers that go by the most probable class', async () => {
    const input = await reportFixture();
    const section = await sectionOf(input, 'threshold');
    const { threshold } = input;
    expect(section).toContain('for the best F1: call a picture food from a calibrated probability of 0.4100');
    expect(section).toContain(`false alarms ${threshold?.evaluation.falsePositives} `);
    const [, byMostProbable] = input.metrics.evaluation.confusion.map((row) => row[0]);
    expect(section).toMatch(new RegExp(`false alarms \\d+ \\d+ ${byMostProbable} `));
    const without = await sectionOf(await reportFixture({ plain: true }), 'numbers');
    expect(without).not.toContain('threshold');
  });

  test('says what it was chosen for', async () => {
    const input = await reportFixture();
    const aim = { aim: 'precision', least: 0.95 } as const;
    const threshold = thresholdOf(input.evaluation, input.dataset.classes, 'food', aim);
    expect(await sectionOf({ ...input, threshold }, 'threshold')).toContain(
      'for a precision of at least 95.0 %',
    );
  });
});
