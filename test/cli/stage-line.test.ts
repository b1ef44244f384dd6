import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { escapeLines, escapeTerminal } from '../../cli/escape-terminal.js';
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
    const half = addDelta(started, { ...emptyDelta, done: 50, batchesDone: 2 }, 5_000);
    expect(stripVTControlCharacters(extractionLine(half, 5_000))).toBe(
      '███████████░░░░░░░░░░  2/4 batches  50 pictures  10/s  5 s left',
    );
  });

  test('shortens the bar and leaves out the pictures where the terminal is narrow', () => {
    const extraction = { ...open.extraction, images: 2e6, batches: 31_250 };
    const started = startStage({ ...open, extraction }, 'extract', 0);
    const busy = addDelta(started, { ...emptyDelta, done: 1e6, batchesDone: 15_625 }, 1e7);
    const line = stripVTControlCharacters(stageLine(busy, 'extract', 1e7, 76));
    expect(line).toMatch(/ 15,625\/31,250 batches {2}100\/s {2}2 h 46 min left$/);
    expect(line.length).toBeLessThanOrEqual(76);
  });

  test('cuts the middle out of a long note, and shows control characters in it', () => {
    const note = `${'/a-long-folder'.repeat(8)}/\x1b[31mpictures.zip`;
    const done = endStage(startStage(open, 'fetch', 0), 'fetch', { state: 'done', at: 1_900, note });
    const line = stripVTControlCharacters(stageLine(done, 'fetch', 0, 76));
    expect(line).toMatch(/^fetch {9}\/a-long-folder.*….*\\x1b\[31mpictures\.zip {2}1\.9 s$/);
    expect(line).toHaveLength(76);
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

test('a table with hostile names keeps its lines', () => {
  expect(escapeLines('precision\n\x1b[2Jfood  0.9')).toBe('precision\n\\x1b[2Jfood  0.9');
});
