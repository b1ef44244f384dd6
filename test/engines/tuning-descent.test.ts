import { expect, test } from 'vitest';
import { ExtractorCrashed } from '../../engines/feature-extractor.js';
import { listAxes } from '../../engines/tuning/axes.js';
import type { Sample } from '../../engines/tuning/contest.js';
import { descend, type Descent } from '../../engines/tuning/descent.js';
import type { Setting } from '../../engines/tuning/setting.js';

const START: Setting = {
  sessions: 2,
  threads: 2,
  decoders: 2,
  tensors: 5,
  spareThreads: 1,
  spinning: false,
  microBatch: 4,
};

const sample = (imagesPerSecond: number, peakBytes = 100): Sample => ({
  imagesPerSecond,
  processorMs: 10,
  peakBytes,
});

interface FakeMachine {
  /** Images/s of a setting at its n-th measurement, from 0. */
  readonly rate: (setting: Setting, measurement: number) => number;
  readonly peak?: (setting: Setting) => number;
  readonly hasTime?: () => boolean;
  readonly memory?: number;
}

/** Tunes a machine that is no machine; counts what is open. */
async function tuneFake({ rate, peak = () => 100, hasTime = () => true, memory = 1_000 }: FakeMachine) {
  const open = new Set<Setting>();
  let mostOpen = 0;
  const descent: Descent = {
    start: START,
    axes: listAxes('onnx-cpu', 4, false),
    open: (setting) => {
      open.add(setting);
      mostOpen = Math.max(mostOpen, open.size);
      let measurement = 0;
      return Promise.resolve({
        measure: () => Promise.resolve(sample(rate(setting, measurement++), peak(setting))),
        close: () => Promise.resolve(void open.delete(setting)),
      });
    },
    rules: { pairs: 3, confirmingPairs: 7, memory },
    hasTime,
  };
  const tuned = await descend(descent);
  expect(open.size).toBe(0);
  expect(mostOpen).toBeLessThanOrEqual(2);
  return tuned;
}

test('finds the best value along every axis', async () => {
  const best = { sessions: 4, microBatch: 8, decoders: 8, tensors: 13 };
  const rate = (setting: Setting): number =>
    100 *
    (setting.sessions === best.sessions ? 2 : 1) *
    (setting.microBatch === best.microBatch ? 1.5 : 1) *
    (setting.decoders === best.decoders ? 1.2 : 1) *
    (setting.tensors === best.tensors ? 1.1 : 1);
  const { setting, rows } = await tuneFake({ rate });
  expect(setting).toEqual({ ...START, ...best, threads: 4 });
  expect(rows.filter(({ outcome }) => outcome === 'better').map(({ title }) => title)).toEqual([
    '4 sessions × 1 thread',
    'micro-batch 8',
    '8 decoders',
    '13 tensors',
  ]);
});

test('keeps the present setting where nothing is more than 3 % better', async () => {
  const rate = (setting: Setting): number => (setting === START ? 100 : 102.9);
  const { setting, rows } = await tuneFake({ rate });
  expect(setting).toBe(START);
  expect(rows.map(({ outcome }) => outcome)).toEqual(rows.map(() => 'no better'));
});

test('a candidate that leads must lead in every pair: a noisy machine proves nothing', async () => {
  // Ahead by half in six measurements of seven.
  const rate = (setting: Setting, measurement: number): number =>
    setting === START || measurement === 5 ? 100 : 150;
  const { setting } = await tuneFake({ rate });
  expect(setting).toBe(START);
});

test('tells how far the measurements of one setting scatter', async () => {
  let measurement = 0;
  const { rows } = await tuneFake({ rate: () => (measurement++ % 2 === 0 ? 100 : 150) });
  expect(rows[0]?.scatter).toBe(1.5);
});

test('refuses a candidate that takes more memory than allowed, however fast it is', async () => {
  const isLarge = ({ microBatch = 0 }: Setting): boolean => microBatch > 4;
  const { setting, rows } = await tuneFake({
    rate: (tried) => (isLarge(tried) ? 1_000 : 100),
    peak: (tried) => (isLarge(tried) ? 1_001 : 1_000),
  });
  expect(setting.microBatch).toBe(4);
  expect(rows.filter(({ outcome }) => outcome === 'too large').map(({ title }) => title)).toEqual([
    'micro-batch 8',
    'micro-batch 16',
  ]);
});

test('leaves a start that takes too much memory for the first candidate that fits, even a slower one', async () => {
  const { setting } = await tuneFake({
    rate: ({ sessions }) => 100 * sessions,
    peak: ({ sessions }) => (sessions > 1 ? 2_000 : 500),
  });
  expect(setting.sessions).toBe(1);
});

test('passes over a candidate whose process dies, and goes on', async () => {
  const { setting, rows } = await tuneFake({
    rate: ({ microBatch }) => {
      if (microBatch === 2) throw new ExtractorCrashed('The extractor process was killed by SIGKILL.');
      return microBatch === 8 ? 150 : 100;
    },
  });
  expect(rows.find(({ title }) => title === 'micro-batch 2')?.outcome).toBe('failed');
  expect(setting.microBatch).toBe(8);
});

test('throws what is no candidate’s fault, with everything closed', async () => {
  const broken = new TypeError('not expected');
  const act = tuneFake({
    rate: (setting) => {
      if (setting !== START) throw broken;
      return 100;
    },
  });
  await expect(act).rejects.toBe(broken);
});

test('begins no candidate after its time, and says so', async () => {
  let asked = 0;
  const { rows, isCutShort } = await tuneFake({ rate: () => 100, hasTime: () => asked++ < 3 });
  expect(rows).toHaveLength(3);
  expect(isCutShort).toBe(true);
});

test('a slow network is not tried with micro-batches that would take longer than a few seconds', () => {
  const axis = listAxes('onnx-cpu', 2, false).find(({ name }) => name === 'microBatch');
  const titles = (imagesPerSecond: number) =>
    axis?.candidates(START, imagesPerSecond).map(({ title }) => title);
  expect(titles(100)).toEqual(['micro-batch 1', 'micro-batch 2', 'micro-batch 8', 'micro-batch 16']);
  expect(titles(4)).toEqual(['micro-batch 1', 'micro-batch 2', 'micro-batch 8']);
});

test('a GPU keeps its one session and its own choice of micro-batches', () => {
  expect(listAxes('onnx-cuda', 8, true).map(({ name }) => name)).toEqual([
    'decoders',
    'tensors',
    'spareThreads',
  ]);
});
