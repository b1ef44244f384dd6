import { readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { resolveBackbone } from '../../backbones/registry.js';
import { createSupervisedExtractor } from '../../engines/extractor/supervised-extractor.js';
import {
  forgetTuning,
  keepTuning,
  recallSpeed,
  recallTuning,
  tuningFile,
  tuningKey,
} from '../../engines/tuning/kept-tuning.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const backbone = await resolveBackbone('efficientnet-lite0');
const KEY = tuningKey(backbone, 'onnx-cpu');
const SETTING = {
  sessions: 1,
  threads: 3,
  decoders: 2,
  tensors: 4,
  spareThreads: 0,
  spinning: true,
  microBatch: 8,
};

test('what is kept is recalled, without a trace of a half-written file', async () => {
  const folder = await temporaryFolder();
  expect(recallTuning(folder, KEY)).toBeUndefined();
  const file = await keepTuning(folder, KEY, SETTING);
  expect(recallTuning(folder, KEY)).toEqual(SETTING);
  expect(await readdir(dirname(file))).toHaveLength(1);
});

test('the speed that was measured is recalled; a choice that an older Graft kept has none', async () => {
  const folder = await temporaryFolder();
  await keepTuning(folder, KEY, SETTING);
  expect(recallSpeed(folder, KEY)).toBeUndefined();
  await keepTuning(folder, KEY, SETTING, 123.4);
  expect(recallSpeed(folder, KEY)).toBe(123.4);
  expect(recallSpeed(folder, { ...KEY, cores: 77 })).toBeUndefined();
});

test('a setting without micro-batch is recalled without one: a GPU measures its own', async () => {
  const folder = await temporaryFolder();
  const { microBatch: _, ...open } = SETTING;
  await keepTuning(folder, KEY, open);
  expect(recallTuning(folder, KEY)).toEqual(open);
});

test.each([
  { fingerprint: 'f'.repeat(64) },
  { engine: 'tfjs' as const },
  { engineVersion: 'onnxruntime 0.0.1' },
  { cpu: 'another processor' },
  { cores: 77 },
])('what was measured with another %j is not used', async (other) => {
  const folder = await temporaryFolder();
  const file = await keepTuning(folder, { ...KEY, ...other }, SETTING);
  expect(recallTuning(folder, KEY)).toBeUndefined();
  // Not even where somebody gave the file this machine's name.
  await writeFile(tuningFile(folder, KEY), await readFile(file));
  expect(recallTuning(folder, KEY)).toBeUndefined();
});

test.each([
  '',
  '{"formatVersion":1}',
  'null',
  JSON.stringify({ formatVersion: 1, ...KEY, setting: { ...SETTING, sessions: 0 } }),
  JSON.stringify({ formatVersion: 1, ...KEY, setting: { ...SETTING, decoders: 1e9 } }),
  JSON.stringify({ formatVersion: 2, ...KEY, setting: SETTING }),
])('a damaged file counts as none: %s', async (text) => {
  const folder = await temporaryFolder();
  await writeFile(await keepTuning(folder, KEY, SETTING), text);
  expect(recallTuning(folder, KEY)).toBeUndefined();
});

test('what is forgotten is gone, and forgetting twice is no error', async () => {
  const folder = await temporaryFolder();
  await keepTuning(folder, KEY, SETTING);
  expect(await forgetTuning(folder, KEY)).toBe(true);
  expect(await forgetTuning(folder, KEY)).toBe(false);
  expect(recallTuning(folder, KEY)).toBeUndefined();
});

test('an extractor starts with what was kept for it, unless told otherwise', async () => {
  const cacheFolder = await temporaryFolder();
  await keepTuning(cacheFolder, KEY, SETTING);
  const threadsOf = (options: Parameters<typeof createSupervisedExtractor>[1]) => {
    const extractor = createSupervisedExtractor(backbone, options);
    onTestFinished(() => extractor.close());
    return extractor.engine.threads;
  };
  expect(threadsOf({ cacheFolder })).toBe(3);
  expect(threadsOf({ cacheFolder, threads: 5 })).toBe(5);
});
