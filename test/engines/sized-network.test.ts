import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMicroBatchMemory, type MicroBatchKey } from '../../engines/sizing/micro-batch-memory.js';
import { sizeNetwork } from '../../engines/sizing/sized-network.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { fakeNetwork, ROWS } from './fake-network.js';

const KEY: MicroBatchKey = { sha256: 'a'.repeat(64), engine: 'onnx-cuda', device: 'NVIDIA H100' };

test('a measured size is kept, and the next start measures nothing', async () => {
  const cacheFolder = join(await temporaryFolder(), 'cache');
  const open = (most: number) => {
    const { network, sizes } = fakeNetwork(most);
    const memory = createMicroBatchMemory(cacheFolder, KEY);
    return { sizes, sized: sizeNetwork(network, ROWS, { sizing: 'measured', microBatch: 4, memory }) };
  };
  const first = open(2);
  expect((await first.sized).microBatch).toBe(2);
  expect(first.sizes.length).toBeGreaterThan(1);
  const second = open(2);
  expect((await second.sized).microBatch).toBe(2);
  expect(second.sizes).toEqual([]);
});

test('a size that was halved in the middle of work is kept', async () => {
  const memory = createMicroBatchMemory(await temporaryFolder(), KEY);
  await memory.remember(32);
  const { network } = await sizeNetwork(fakeNetwork(10).network, ROWS, {
    sizing: 'measured',
    microBatch: 4,
    memory,
  });
  await network.run(new Uint8Array(32 * ROWS.pixels), 32);
  await expect.poll(() => memory.recall()).toBe(8);
});

test('a size that was given is taken without measuring', async () => {
  const { network, sizes } = fakeNetwork(64);
  const memory = createMicroBatchMemory(undefined, KEY);
  const { microBatch } = await sizeNetwork(network, ROWS, { sizing: 'fixed', microBatch: 7, memory });
  expect([microBatch, sizes]).toEqual([7, []]);
});

test('each network, engine and device has a size of its own', async () => {
  const folder = await temporaryFolder();
  const keys = [
    KEY,
    { ...KEY, sha256: 'b'.repeat(64) },
    { ...KEY, engine: 'tfjs' as const },
    { ...KEY, device: 'Tesla T4' },
  ];
  for (const [at, key] of keys.entries()) await createMicroBatchMemory(folder, key).remember(at + 1);
  const kept = await Promise.all(keys.map((key) => createMicroBatchMemory(folder, key).recall()));
  expect(kept).toEqual([1, 2, 3, 4]);
  expect(await readdir(folder)).toEqual(['micro-batches.json']);
});

test.each(['', '{"', '[]', 'null', `{"${KEY.sha256} onnx-cuda NVIDIA H100": 0}`])(
  'a damaged file counts as empty and is written anew: %s',
  async (text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'micro-batches.json'), text);
    const memory = createMicroBatchMemory(folder, KEY);
    expect(await memory.recall()).toBeUndefined();
    await memory.remember(16);
    expect(await memory.recall()).toBe(16);
    expect(JSON.parse(await readFile(join(folder, 'micro-batches.json'), 'utf8'))).toEqual({
      [`${KEY.sha256} onnx-cuda NVIDIA H100`]: 16,
    });
  },
);

test('where nothing can be kept, work goes on', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'micro-batches.json'));
  const memory = createMicroBatchMemory(folder, KEY);
  await memory.remember(16);
  expect(await memory.recall()).toBeUndefined();
  await createMicroBatchMemory(undefined, KEY).remember(16);
  expect(await createMicroBatchMemory(undefined, KEY).recall()).toBeUndefined();
});
