import { Writable } from 'node:stream';
import { beforeAll, expect, test } from 'vitest';
import { printSummary } from '../../cli/print-summary.js';
import type { CompletedRun, RunSummary } from '../../runs/run-summary.js';
import { type MemoryStore } from '../support/memory-store.js';
import { finishRun } from '../verification/finished-run.js';

let store: MemoryStore;
let completed: CompletedRun;
beforeAll(async () => {
  ({ store, summary: completed } = await finishRun());
});

/** The command that is to be copied. */
const classifyLine = (summary: RunSummary): string | undefined =>
  printed(summary).find((line) => line.startsWith('Classify'));

function printed(summary: RunSummary): readonly string[] {
  let text = '';
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString();
      done();
    },
  });
  printSummary(summary, store, { uiUrl: undefined }, output, './graft-data');
  return text.split('\n');
}

test('a run that trained has the model that graft classify takes by itself', () => {
  expect(classifyLine(completed)).toBe('Classify     graft classify my-picture.jpg');
});

test('an unchanged run names its model: another data set may have been trained on since', () => {
  const unchanged = { ...completed, status: 'unchanged', sameAs: completed.runId } as const;
  expect(classifyLine(unchanged)).toBe(
    `Classify     graft classify my-picture.jpg --model ${completed.model.slice(0, 12)}`,
  );
});

test('what became of the model is said, and how to promote one that was left', () => {
  expect(printed(completed)).toContain('Promotion    promoted: It is the first model of meals.');
  const left = { decision: 'left', reason: 'It is worse\u001b[31m.', margin: 0.01 } as const;
  const lines = printed({ ...completed, promotion: left });
  const model = completed.model.slice(0, 12);
  expect(lines).toContain('Promotion    left undecided: It is worse\\x1b[31m.');
  expect(lines).toContain(`             graft models promote ${model} does it all the same.`);
  expect(lines).toContain(`Classify     graft classify my-picture.jpg --model ${model}`);
});
