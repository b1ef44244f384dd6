import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { ENGINE_KINDS } from '../../engines/choice/engine-kind.js';
import { type EngineOptions, resolveEngineOptions } from '../../engines/choice/engine-options.js';

const cores = availableParallelism();

test('onnx-cpu is the default, with all cores and micro-batches of 4', () => {
  expect(resolveEngineOptions()).toEqual({
    engine: 'onnx-cpu',
    threads: cores,
    sessions: Math.min(cores, 4),
    decoders: cores,
    tensors: 2 * Math.min(cores, 4) + 1,
    spareThreads: 1,
    spinning: false,
    winograd: 'where-faster',
    microBatch: 4,
    sizing: 'fixed',
    cacheFolder: undefined,
  });
});

test('a large network gets fewer sessions and one picture at a time, where nothing else is asked for', () => {
  const large = (options: EngineOptions) => resolveEngineOptions({ threads: 8, ...options }, {}, 60e6);
  expect(large({})).toMatchObject({ sessions: 2, microBatch: 1, tensors: 5 });
  expect(large({ sessions: 3, microBatch: 2 })).toMatchObject({ sessions: 3, microBatch: 2 });
  expect(resolveEngineOptions({ threads: 8 }, {}, 10e6)).toMatchObject({ sessions: 4, microBatch: 4 });
});

test('a GPU runs one micro-batch at a time, of a size that is measured unless it is given', () => {
  expect(resolveEngineOptions({ engine: 'onnx-cuda', sessions: 3 })).toMatchObject({
    sessions: 1,
    threads: 1,
    sizing: 'measured',
  });
  expect(resolveEngineOptions({ engine: 'onnx-cuda', microBatch: 48 })).toMatchObject({
    microBatch: 48,
    sizing: 'fixed',
  });
});

test('what was kept for this machine fills in what the caller left open', () => {
  const kept = {
    threads: 6,
    sessions: 3,
    decoders: 5,
    microBatch: 12,
    tensors: 9,
    spareThreads: 0,
    spinning: true,
  };
  expect(resolveEngineOptions({ threads: 2 }, kept)).toMatchObject({ ...kept, threads: 2 });
  expect(resolveEngineOptions({ engine: 'onnx-cuda' }, kept)).toMatchObject({ sessions: 1, sizing: 'fixed' });
});

test.each(ENGINE_KINDS)('to resolve the options of %s twice changes nothing', (engine) => {
  const once = resolveEngineOptions({ engine, cacheFolder: '/cache' });
  expect(resolveEngineOptions(once)).toEqual(once);
});
