import { describe, expect, test } from 'vitest';
import {
  type ExtractionDelta,
  addDelta,
  emptyDelta,
  endStage,
  forgetFailed,
  openProgress,
  restartPace,
  secondsPerStage,
  startStage,
} from '../../workflows/progress.js';
import { describeProgress, extractionSpeed } from '../../workflows/progress-details.js';

const open = openProgress('run-1', 'sample', 'efficientnet-lite0');

const delta = (change: Partial<ExtractionDelta>): ExtractionDelta => ({ ...emptyDelta, ...change });

/** Extraction of 100 images that began at second 0 and had done 40 at second 10. */
const extracting = addDelta(
  startStage({ ...open, extraction: { ...open.extraction, images: 100, batches: 4 } }, 'extract', 0),
  delta({ done: 39, refused: 1, batchesDone: 2 }),
  10_000,
);

describe('progress', () => {
  test('sums what children tell', () => {
    const twice = addDelta(
      addDelta(open, delta({ done: 3, batchesDone: 1 }), 1_000),
      delta({ done: 4, batchesDone: 2 }),
      2_000,
    );
    expect(twice.extraction).toMatchObject({ done: 7, batchesDone: 3 });
  });

  test('names at most 20 failed batches and counts them all', () => {
    const failed = Array.from({ length: 15 }, (_, at) => ({
      id: `training-${at}`,
      images: 2,
      cause: 'disk full',
    }));
    const many = delta({ batchesFailed: 15, failedBatches: failed });
    const progress = addDelta(addDelta(open, many, 1_000), many, 2_000);
    expect(progress.failedBatches).toHaveLength(20);
    expect(progress.extraction.batchesFailed).toBe(30);
  });

  test('forgets failed batches that run again', () => {
    const [again, left] = ['training-0001', 'training-0002'].map((id) => ({
      id,
      images: 3,
      cause: 'changed',
    }));
    if (again === undefined || left === undefined) throw new Error('expected two batches');
    const failed = addDelta(
      open,
      delta({ failed: 6, batchesFailed: 2, failedBatches: [again, left] }),
      1_000,
    );
    const progress = forgetFailed(failed, [again], [left]);
    expect(progress.extraction).toMatchObject({ failed: 3, batchesFailed: 1 });
    expect(progress.failedBatches).toEqual([left]);
  });

  test('keeps the seconds of stages that are over', () => {
    const done = endStage(startStage(open, 'fetch', 1_000), 'fetch', { state: 'done', at: 3_500 });
    expect(secondsPerStage(startStage(done, 'plan', 4_000))).toEqual({ fetch: 2.5 });
  });
});

describe('the speed of extraction', () => {
  test('is images over seconds, and what is left at that speed', () => {
    expect(extractionSpeed(extracting, 10_000)).toEqual({ imagesPerSecond: 4, secondsLeft: 15 });
  });

  test('forgets the hours of an interruption after ten messages', () => {
    const hours = 3 * 3_600_000;
    let resumed = { ...extracting, extraction: { ...extracting.extraction, images: 1_000 } };
    for (let message = 0; message < 10; message += 1)
      resumed = addDelta(resumed, delta({ done: 20, batchesDone: 1 }), hours + message * 1_000);
    const { imagesPerSecond, secondsLeft } = extractionSpeed(resumed, hours + 9_000);
    expect(imagesPerSecond).toBe(20);
    expect(secondsLeft).toBe(38);
  });

  test('is measured anew when a run goes on that had waited for somebody', () => {
    const hours = 3 * 3_600_000;
    const waited = restartPace(
      { ...extracting, extraction: { ...extracting.extraction, images: 1_000 } },
      hours,
    );
    expect(extractionSpeed(waited, hours + 1_000)).toEqual({});
    const resumed = addDelta(waited, delta({ done: 20, batchesDone: 1 }), hours + 2_000);
    expect(extractionSpeed(resumed, hours + 2_000)).toEqual({ imagesPerSecond: 10, secondsLeft: 94 });
  });

  test('is unknown before the first image', () => {
    expect(extractionSpeed(startStage(open, 'extract', 0), 5_000)).toEqual({});
  });
});

describe('the details in the Temporal UI', () => {
  test('show the running stage with counts, speed and time left', () => {
    expect(describeProgress(extracting, 10_000)).toContain(
      '2 of 4 batches, 40 of 100 pictures, 4 images/s, about 15 s left',
    );
  });

  test('say what a run waits for, and no speed while it does', () => {
    const paused = { ...extracting, waiting: { for: 'resume', because: 'lunch' } } as const;
    const details = describeProgress(paused, 10_000);
    expect(details).toContain('**Paused**: lunch');
    expect(details).not.toContain('images/s');
    const failed = { ...extracting, waiting: { for: 'retry', because: '3 failed batches' } } as const;
    expect(describeProgress(failed, 10_000)).toContain('update `retryFailedBatches`');
  });

  test('escape what comes from outside', () => {
    const fetched = endStage(startStage(open, 'fetch', 0), 'fetch', { state: 'done', at: 1, note: 'a|b_c' });
    expect(describeProgress(fetched, 0)).toContain('a\\|b\\_c');
    const failed = delta({
      batchesFailed: 1,
      failedBatches: [{ id: 'training-0001', images: 1, cause: '<img src=x> [a](b) `c`' }],
    });
    const details = describeProgress(addDelta(open, failed, 0), 0);
    expect(details).toContain('\\<img src=x\\> \\[a\\](b) \\`c\\`');
  });
});
