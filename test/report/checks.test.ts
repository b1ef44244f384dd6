import { expect, test } from 'vitest';
import { CHECKS } from '../../checks/check-settings.js';
import { renderMarkdownSummary } from '../../report/render-markdown-summary.js';
import { renderReport } from '../../report/render-report.js';
import type { ReportInput } from '../../report/report-input.js';
import { reportFixture } from './report-fixture.js';

/** The section on data checks, without thumbnails and with single spaces. */
async function sectionOf(input: ReportInput): Promise<string> {
  const page = await renderReport(input);
  const [section = ''] = /<section aria-labelledby="checks">.*?<\/section>/s.exec(page) ?? [];
  return section.replace(/data:image\/jpeg;base64,[^"]*/g, 'data:').replace(/\s+/g, ' ');
}

const countIn = (text: string, part: RegExp): number => (text.match(part) ?? []).length;

test('each check has its verdict and its sentence', async () => {
  const input = await reportFixture();
  const section = await sectionOf(input);
  for (const check of CHECKS) expect(section).toContain(input.checks?.found.verdicts[check].sentence);
  expect(section).toMatch(/Leaks into evaluation<\/th> <td class="warned">.{0,40} warned<\/td>/);
  expect(section).toMatch(/Wrong labels<\/th> <td class="passed">/);
  expect(section).toContain('largest class is <b class="class"><bdi>food</bdi></b> with 367 pictures');
});

test('leaks come first among the pairs, then labels that contradict each other', async () => {
  const section = await sectionOf(await reportFixture());
  const kinds = Array.from(section.matchAll(/<p class="kind">(.*?)<\/p>/g), ([, kind]) => kind);
  expect(kinds).toEqual([
    '<b class="wrong">leak</b>: the same file',
    '<b class="wrong">leak</b>: nearly the same, similarity 0.986',
    '<b class="wrong">two classes</b>: the same file',
    'nearly the same, similarity 0.987',
  ]);
  expect(section).toContain('<p>evaluation</p>');
});

test('a suspect shows both labels and its self-confidence, and the command takes the file back', async () => {
  const section = await sectionOf(await reportFixture());
  expect(section).toMatch(/<b>2\.1\s%<\/b> <\/div> <p>labelled <b class="class"><bdi>food<\/bdi><\/b><\/p>/);
  expect(section).toContain('<p class="wrong">likely <b class="class"><bdi>non_food</bdi></b></p>');
  expect(section).toContain('<code>graft run sample --labels suspects.csv</code>');
});

test('however much was found, the page shows 12 pairs, no more suspects than the store has examples, and 6 outliers', async () => {
  const found = { identical: 500, near: 500, suspects: 500, outliers: 500 };
  const input = await reportFixture({ found });
  const section = await sectionOf(input);
  expect(countIn(section, /<p class="kind">/g)).toBe(12);
  expect(countIn(section, /<p class="wrong">likely/g)).toBe(20);
  expect(section).toMatch(/Show 6 more.*Show 8 more/);
  expect(countIn(section, /<img /g)).toBe(2 * 12 + 20 + 6);
  expect(section).toContain('500 of 1,106 labels');
  expect(section).toContain('The 20 least self-confident are shown');
  expect((await renderReport(input)).length).toBeLessThan(1_300_000);
});

test('nothing found is said in words, and so is what nobody looked at', async () => {
  const none = await reportFixture({ found: { identical: 0, near: 0, suspects: 0, outliers: 0 } });
  const section = await sectionOf(none);
  expect(section).toContain('No identical files. No near duplicates.');
  expect(section).not.toMatch(/<img |<ul|--labels/);

  if (none.checks === undefined) throw new Error('The fixture has no checks.');
  const reason = 'Features of <9> GB do not fit.';
  const found = { ...none.checks.found, near: reason, labels: reason, outliers: reason };
  const unseen = await sectionOf({ ...none, checks: { ...none.checks, found } });
  expect(countIn(unseen, /Features of &#60;9&#62; GB do not fit\./g)).toBe(3);

  const plain = await reportFixture({ plain: true });
  expect(await sectionOf(plain)).toContain('Nobody looked at the data of this run.');
  expect(renderMarkdownSummary(plain)).toContain('Nobody looked at the data of this run.');
});

test('names and sentences of findings stay text, and a thumbnail that is no JPEG is not shown', async () => {
  const hostile = `"'><script>alert(1)</script>\u202Egpj`;
  const input = await reportFixture({ classes: [hostile, `</style>${hostile}`], fileName: () => hostile });
  if (input.checks === undefined) throw new Error('The fixture has no checks.');
  const { found, thumbnails } = input.checks;
  const verdicts = { ...found.verdicts, leaks: { ...found.verdicts.leaks, sentence: hostile } };
  const svg = Buffer.from('<svg onload="alert(1)"/>');
  const checks = {
    found: { ...found, verdicts },
    thumbnails: new Map(Array.from(thumbnails.keys(), (file) => [file, svg])),
  };
  const section = await sectionOf({ ...input, checks });
  expect(section).not.toMatch(/<script|<svg|<\/style|\u202E/);
  expect(countIn(section, /no preview/g)).toBe(2 * 4 + 3 + 2);
  expect(section).toContain('&#60;script&#62;');
});

test('a failed check stands below the headline, too', async () => {
  const input = await reportFixture({ found: { suspects: 500 } });
  const page = (await renderReport(input)).replace(/\s+/g, ' ');
  const sentence = input.checks?.found.verdicts.wrongLabels.sentence ?? '';
  expect(page).toContain(`<div class="notice" role="note"><p>A data check failed. ${sentence}</p></div>`);
  expect(renderMarkdownSummary(input)).toContain('**A data check failed. 500 of 1,106 labels');
});

test('the summary lists the checks that did not pass, and names no picture', async () => {
  const summary = renderMarkdownSummary(await reportFixture());
  expect(summary).toMatch(/Data checks:\n\n- Leaks into evaluation: warned\. 2 of 372 evaluation pictures/);
  expect(summary).not.toContain('icon-');
  expect(summary).not.toContain('Wrong labels');
});
