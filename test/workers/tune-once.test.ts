import { expect, test } from 'vitest';
import { resolveBackbone } from '../../backbones/registry.js';
import { keepTuning, recallTuning, tuningKey } from '../../engines/tuning/kept-tuning.js';
import type { Announcement } from '../../infra/announcement.js';
import { tuneOnce } from '../../workers/tune-once.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const backbone = await resolveBackbone('efficientnet-lite0');
const KEY = tuningKey(backbone, 'onnx-cpu');
const SETTING = { sessions: 1, threads: 1, decoders: 1, tensors: 3, spareThreads: 1, spinning: false };

async function prepare(signal = new AbortController().signal) {
  const said: Announcement[] = [];
  const announce = (announcement: Announcement): void => void said.push(announcement);
  return {
    said,
    options: { engine: 'onnx-cpu' as const, cacheFolder: await temporaryFolder(), announce, signal },
  };
}

test('measures nothing and says nothing where a choice is kept', async () => {
  const { said, options } = await prepare();
  await keepTuning(options.cacheFolder, KEY, SETTING);
  await tuneOnce(backbone, options);
  expect(said).toEqual([]);
});

test('a network that cannot be opened is announced, keeps nothing and fails nothing', async () => {
  const { said, options } = await prepare();
  await tuneOnce({ ...backbone, sha256: '0'.repeat(64) }, options);
  expect(said.map(({ kind }) => kind)).toEqual(['step', 'failed']);
  expect(said.at(-1)?.text).toContain('is damaged');
  expect(recallTuning(options.cacheFolder, KEY)).toBeUndefined();
});

test('ends with the reason of an abort, in the middle too, and keeps nothing', async () => {
  const stop = new AbortController();
  const { said, options } = await prepare(stop.signal);
  const reason = new Error('the worker leaves');
  const outcome = expect(tuneOnce(backbone, options)).rejects.toBe(reason);
  await expect.poll(() => said).toHaveLength(1);
  stop.abort(reason);
  await outcome;
  expect(recallTuning(options.cacheFolder, KEY)).toBeUndefined();
});
