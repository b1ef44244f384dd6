import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { escapeTerminal } from '../../cli/escape-terminal.js';
import { extractionLine, formatDuration, stageLine } from '../../cli/stage-line.js';
import { addDelta, emptyDelta, endStage, openProgress, startStage } from '../../workflows/progress.js';

const open = openProgress('run-1', 'sample', 'efficientnet-lite0');

describe('a stage in the terminal', () => {
  test('that is over shows its note and its seconds', () => {
    const done = endStage(startStage(open, 'plan', 0), 'plan', {
      state: 'done',
      at: 1_900,
      note: '1,478 new',
    });
    expect(stripVTControlCharacters(stageLine(done, 'plan', 0))).toMatch(/^plan {10}1,478 new +1\.9 s$/);
  });

  test('extraction shows bar, batches, pictures, speed and time left', () => {
    const started = startStage(
      { ...open, extraction: { ...open.extraction, images: 100, batches: 4 } },
      'extract',
      0,
    );
    const half = addDelta(started, { ...emptyDelta, done: 50, batchesDone: 2 });
    expect(stripVTControlCharacters(extractionLine(half, 5_000))).toBe(
      '███████████░░░░░░░░░░  2/4 batches  50 pictures  10/s  5 s left',
    );
  });
});

test.each([
  [7.6, '8 s'],
  [200, '3 min 20 s'],
  [7_500, '2 h 5 min'],
])('%d seconds read %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('control characters and writing direction marks from outside are shown, not obeyed', () => {
  expect(escapeTerminal('a\x1b[31mb\u202ec\x07é')).toBe('a\\x1b[31mb\\x202ec\\x07é');
});
