import { expect, test } from 'vitest';
import { renderReport } from '../../report/render-report.js';
import type { ReportInput } from '../../report/report-input.js';
import { reportFixture } from './report-fixture.js';

const FIVE = ['apple_pie', 'bibimbap', 'crème brûlée', 'dumplings', 'eggs_benedict_with_a_long_name'];
const TWENTY = Array.from({ length: 20 }, (_, i) => `class ${i}`);
const HUNDRED = Array.from({ length: 100 }, (_, i) => `class ${i}`);
const HOSTILE = ['</style><script>alert(1)</script>', `"'><img src=x onerror=alert(2)>{a|b}&amp;`] as const;

/** The page without its thumbnails, whose base64 may spell anything, and with single spaces. */
async function pageOf(input: ReportInput): Promise<string> {
  const page = await renderReport(input);
  return page.replace(/data:image\/jpeg;base64,[^"]*/g, 'data:').replace(/\s+/g, ' ');
}

test('the headline, the metrics and the classification report are those of the input', async () => {
  const input = await reportFixture();
  const page = await pageOf(input);
  const right = input.evaluation.filter((image) => image.predicted === image.class).length;
  const { rocAuc, averagePrecision, logLoss, report } = input.metrics.evaluation;
  expect(page).toContain('of 372 evaluation pictures right');
  expect(page).toContain(`>${right} right<`);
  for (const score of [rocAuc ?? 0, averagePrecision ?? 0, logLoss])
    expect(page).toContain(`<p class="value">${score.toFixed(4)}</p>`);
  expect((await renderReport(input)).includes(report.trimEnd())).toBe(true);
});

test('of two classes, each number and chart that depends on the positive one names it', async () => {
  const page = await pageOf(await reportFixture({ classes: ['cat', 'dog'], positive: 'dog' }));
  expect(page.match(/positive class <bdi>dog<\/bdi>/g)).toHaveLength(2);
  expect(page.match(/positive class <b class="class"><bdi>dog<\/bdi>/g)).toHaveLength(2);
  expect(page).toContain('Probability of <b class="class"><bdi>dog</bdi>');
});

test.each([
  ['two classes', ['food', 'non_food'], 6],
  ['five classes', FIVE, 6],
  ['more classes than there are colours', TWENTY, 6],
  ['more classes than a matrix can show', HUNDRED, 5],
])('with %s every chart is drawn, and no number is missing', async (_, classes, charts) => {
  const page = await pageOf(await reportFixture({ classes }));
  expect(page.match(/<svg class="plot"/g)).toHaveLength(charts);
  expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

test('the same input gives the same page, whatever was drawn before', async () => {
  const input = await reportFixture();
  const first = await renderReport(input);
  await renderReport(await reportFixture({ classes: FIVE }));
  expect((await renderReport(input)) === first).toBe(true);
});

test.each([
  ['two', HOSTILE],
  ['three', [...HOSTILE, '<script>alert(3)</script>']],
])('hostile names stay text wherever they stand, of %s classes', async (_, classes) => {
  const fileName = (i: number): string => `"'><script>${i}</script>\u202Egpj.\u0007`;
  const input = await reportFixture({ classes, fileName });
  const page = await pageOf({
    ...input,
    dataset: {
      ...input.dataset,
      name: HOSTILE[0],
      source: HOSTILE[1],
      licence: HOSTILE[0],
      version: HOSTILE[1],
    },
    quarantined: input.quarantined.map((image) => ({ ...image, path: fileName(0), reason: HOSTILE[1] })),
    backbone: { ...input.backbone, title: HOSTILE[0], recipe: HOSTILE[1] },
    runId: HOSTILE[0],
    workflowId: HOSTILE[1],
    engine: HOSTILE[0],
    graftVersion: HOSTILE[1],
    finishedAt: HOSTILE[0],
    seconds: { [HOSTILE[0]]: 1 },
    notPromotable: HOSTILE[1],
    ...(input.selection !== undefined && { selection: { ...input.selection, reason: HOSTILE[0] } }),
  });
  expect(page).not.toMatch(/<script|<img src=x/i);
  expect(page.includes('\u0007') || page.includes('\u202E')).toBe(false);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
  expect(page).toContain('&#60;script&#62;');
});

test('the page may load nothing, and asks for nothing', async () => {
  const page = await pageOf(await reportFixture());
  expect(page).toContain(
    `content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`,
  );
  expect(page).not.toMatch(
    /(?:src|href|action)="(?!data:)|@import|<(?:script|iframe|form|object)|rel="stylesheet"/i,
  );
  expect(page.match(/url\([^)]*\)/g)?.every((reference) => reference.startsWith('url(#'))).toBe(true);
});

test('no id stands in the page twice, and what is referred to is there', async () => {
  const page = await pageOf(await reportFixture());
  const ids = Array.from(page.matchAll(/\sid="([^"]*)"/g), ([, id]) => id);
  const references = Array.from(
    page.matchAll(/url\(#([^)]*)\)|aria-labelledby="([^"]*)"/g),
    ([, a, b]) => a ?? b,
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(references.length).toBeGreaterThan(8);
  expect(references.filter((id) => !ids.includes(id))).toEqual([]);
});

test('a page with a full gallery stays under 1 MB, however many pictures were evaluated', async () => {
  const input = await reportFixture({ images: 20_000 });
  expect([input.mistakes.length, input.narrowHits.length]).toEqual([24, 12]);
  expect((await renderReport(input)).length).toBeLessThan(1_000_000);
  expect((await pageOf(input)).length).toBeLessThan(120_000);
});

test('nothing wrong and nothing quarantined is said in words', async () => {
  const page = await pageOf({ ...(await reportFixture({ noise: 0 })), quarantined: [] });
  expect(page).toContain('None: every evaluation picture was classified rightly.');
  expect(page).toContain('None: every picture could be read.');
});

test('metrics that do not exist are dashes', async () => {
  const page = await pageOf(await reportFixture({ images: 0 }));
  expect(page).toContain('No evaluation pictures');
  expect(page.match(/<p class="value">–<\/p>/g)).toHaveLength(4);
  expect(page).not.toMatch(/NaN|undefined|null/);
});

test('a long quarantine is folded away, and one of hundreds is cut off with a count', async () => {
  const input = await reportFixture();
  const quarantined = Array.from({ length: 350 }, () => input.quarantined).flat();
  const page = await pageOf({ ...input, quarantined });
  expect(page).toContain('<details> <summary> Show 500 with their reasons </summary>');
  expect(page).toContain('200 more are listed');
  expect(page.match(/animation\.jpg/g)).toHaveLength(250);
});

test('a receipt that does not add up and a head that did not converge are announced', async () => {
  const input = await reportFixture();
  const page = await pageOf({
    ...input,
    receipt: { ...input.receipt, features: 1400, missing: 70, failedBatches: 1 },
    head: { ...input.head, convergence: { ...input.head.convergence, converged: false } },
  });
  expect(page).toContain('The receipt does not add up');
  expect(page).toContain('1,400 + 2 + 70 ≠ 1,480');
  expect(page).toContain('without converging');
  expect(await pageOf(input)).not.toContain('class="notice"');
});

test('a model that may not be promoted is announced with the reason', async () => {
  const page = await pageOf({ ...(await reportFixture()), notPromotable: 'It loses <3> points.' });
  expect(page).toContain('Not to be promoted. It loses &#60;3&#62; points.');
});

test('a thumbnail that is no JPEG is not shown', async () => {
  const input = await reportFixture();
  const thumbnail = Buffer.from('<svg onload="alert(1)"/>');
  const page = await pageOf({ ...input, mistakes: input.mistakes.map((image) => ({ ...image, thumbnail })) });
  expect(page.match(/no preview/g)).toHaveLength(24);
  expect(page.match(/<img /g)).toHaveLength(12 + 13);
});

test('the champion stands beside the model: the same pictures, the difference, what the rule says', async () => {
  const comparison = {
    ...{ champion: 'c'.repeat(64), challenger: 'd'.repeat(64), version: 'v', evaluationSet: 's' },
    ...{ rows: 360, seen: 10, withoutFeature: 2, both: 340, onlyChampion: 12, onlyChallenger: 3, neither: 5 },
    ...{ championAccuracy: 352 / 360, challengerAccuracy: 343 / 360, lowerBound: -0.0437 },
  };
  const verdict = { decision: 'wait', reason: 'It is <worse>.', warning: 'Decided 21 times.' } as const;
  const champion = { champion: comparison.champion, comparison, verdict, mcnemar: 0.0352 };
  const page = await pageOf({ ...(await reportFixture()), champion });
  expect(page).toContain('360 evaluation pictures that neither model has learnt from; left out: 10 known');
  expect(page).toContain('champion cccccccccccc</th>');
  expect(page).toMatch(/Right with it alone<\/th> <td class="number">12<\/td> <td class="number">3<\/td>/);
  expect(page).toContain('The difference is −2.50 points, and at least −4.37 (one-sided 95 %).');
  expect(page).toContain('p = 0.035.');
  expect(page).toContain('The rule asks somebody. It is &#60;worse&#62;.</p> <p>Decided 21 times.</p>');

  const first = { verdict: { decision: 'promote', reason: 'It is the first model.' } } as const;
  const alone = await pageOf({ ...(await reportFixture()), champion: first });
  expect(alone).toContain('<p>The rule promotes this model. It is the first model.</p>');
  expect(alone).not.toContain('Right with it alone');
});
