import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type Page, chromium } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { renderReport } from '../../report/render-report.js';
import type { ReportInput } from '../../report/report-input.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { reportFixture } from './report-fixture.js';

testWith(
  [needs.chromium],
  'the report opens without a word on the console and loads nothing',
  async ([path = '']) => {
    const { page, console, requests } = await openReport(path, await reportFixture());
    expect(await page.title()).toContain('of 372 evaluation pictures right');
    expect(await page.locator('img').count()).toBe(36 + 13);
    const decoded = await page.evaluate('[...document.images].every((image) => image.naturalWidth > 0)');
    expect(decoded).toBe(true);
    expect(console).toEqual([]);
    expect(requests.filter((url) => !/^(?:file|data):/.test(url))).toEqual([]);
  },
);

testWith([needs.chromium], 'the report fits a phone, whatever the names are', async ([path = '']) => {
  const input = await reportFixture({
    classes: ['x'.repeat(300), '</style><script>alert(1)</script>'],
    fileName: (i) => `${'very-long-file-name-without-a-break'.repeat(5)}-${i}.jpg`,
  });
  const { page } = await openReport(path, input);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
});

testWith(
  [needs.chromium],
  'dark mode changes the colours of page and charts, print stays light',
  async ([path = '']) => {
    const { page } = await openReport(path, await reportFixture());
    const colours = async (): Promise<unknown> =>
      page.evaluate(`[
      getComputedStyle(document.body).backgroundColor,
      getComputedStyle(document.querySelector('.plot text')).fill,
    ]`);
    const light = await colours();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await colours()).toEqual(['rgb(21, 21, 19)', 'rgb(167, 163, 153)']);
    expect(light).toEqual(['rgb(250, 249, 246)', 'rgb(102, 98, 91)']);
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    expect(await colours()).toEqual(['rgb(255, 255, 255)', 'rgb(102, 98, 91)']);
  },
);

testWith(
  [needs.chromium],
  'the summary fits one screen of a laptop, of two classes and of forty',
  async ([path = '']) => {
    for (const classes of [['food', 'non_food'], Array.from({ length: 40 }, (_, i) => `class ${i}`)]) {
      const { page } = await openReport(path, await reportFixture({ classes }));
      const bottom = await page.evaluate(
        `document.querySelector('[aria-labelledby="numbers"]').getBoundingClientRect().bottom`,
      );
      expect(bottom).toBeLessThanOrEqual(800);
    }
  },
);

testWith([needs.chromium], 'the report prints', async ([path = '']) => {
  const { page } = await openReport(path, await reportFixture());
  const pdf = await page.pdf({ format: 'A4', printBackground: true });
  const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g) ?? [];
  expect(pages.length).toBeGreaterThanOrEqual(3);
  expect(pages.length).toBeLessThanOrEqual(8);
});

interface OpenReport {
  readonly page: Page;
  readonly console: readonly string[];
  readonly requests: readonly string[];
}

async function openReport(executablePath: string, input: ReportInput): Promise<OpenReport> {
  const file = join(await temporaryFolder(), 'report.html');
  await writeFile(file, await renderReport(input));
  const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const console: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => console.push(message.text()));
  page.on('pageerror', (error) => console.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, console, requests };
}
