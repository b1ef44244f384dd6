import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addReport } from '../../cli/report.js';
import { BadInput } from '../../errors/graft-error.js';
import { createFileStore } from '../../storage/file-store.js';
import { keys } from '../../storage/keys.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { RUN_ID, finishRun, runAgain } from '../verification/finished-run.js';

let printed = '';

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

async function graftReport(root: string, ...args: readonly string[]): Promise<string> {
  printed = '';
  const program = new Command('graft').exitOverride().configureOutput({ writeErr: () => undefined });
  addReport(program);
  await program.parseAsync(['node', 'graft', 'report', '--store', root, ...args]);
  return printed;
}

/** A folder with a completed run and one that found nothing changed since. */
async function twoRuns() {
  const { store: memory, summary } = await finishRun();
  const unchanged = await runAgain(memory, UNCHANGED_ID);
  const root = await temporaryFolder();
  const store = createFileStore(root);
  for (const [key, body] of memory.objects) await store.replace(key, body);
  return { root, store, summary, unchanged };
}

const UNCHANGED_ID = '01a20000-0000-7000-8000-000000000002';

test('prints the classification report, the positive class and where the HTML report is', async () => {
  const { root, summary } = await twoRuns();
  const text = await graftReport(root, RUN_ID);
  expect(text).toContain(`run ${RUN_ID}: completed\n\n${summary.classificationReport}\n`);
  expect(text).toContain(`Positive class  ${summary.positive}\n`);
  expect(text).toMatch(/Report {10}\S+report\.html\n$/);
});

test('says that the HTML report was removed where it is gone, and names no file', async () => {
  const { root, store } = await twoRuns();
  await store.delete(keys.runReport(RUN_ID));
  for (const run of [RUN_ID, UNCHANGED_ID]) {
    const text = await graftReport(root, run);
    expect(text).toMatch(/^Report {10}removed: file:.* has no report\.html of run \S+ any more;/m);
    expect(text).toContain(`report.html of run ${RUN_ID} any more`);
    expect(text).not.toContain(keys.runReport(RUN_ID));
  }
});

test('prints the Markdown that evaluation wrote, also of a run without one of its own', async () => {
  const { root, store } = await twoRuns();
  const written = Buffer.from(await store.get(keys.runMarkdown(RUN_ID))).toString();
  expect(written).toMatch(/^## .* evaluation pictures right\n/);
  expect(await graftReport(root, RUN_ID, '--markdown')).toBe(written);
  expect(await graftReport(root, UNCHANGED_ID, '--markdown')).toBe(written);
});

test('prints the outcome with all metrics as one line of JSON', async () => {
  const { root, store, unchanged } = await twoRuns();
  const metrics: unknown = JSON.parse(Buffer.from(await store.get(keys.runMetrics(RUN_ID))).toString());
  const text = await graftReport(root, UNCHANGED_ID, '--json');
  expect(text.trimEnd()).not.toContain('\n');
  expect(JSON.parse(text)).toEqual({ ...unchanged, metrics });
});

test('says what to do where a run has no Markdown, and refuses two formats at once', async () => {
  const { root, store } = await twoRuns();
  await store.delete(keys.runMarkdown(RUN_ID));
  await expect(graftReport(root, RUN_ID, '--markdown')).rejects.toThrow(BadInput);
  await expect(graftReport(root, RUN_ID, '--markdown')).rejects.toThrow(/report\.md.*Run it again/);
  await expect(graftReport(root, RUN_ID, '--markdown', '--json')).rejects.toThrow(/cannot be used/);
});
