import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { EngineUnavailable } from '../../engines/engine-unavailable.js';
import { resolveEngineOptions } from '../../engines/choice/engine-options.js';
import { startExtractorChild } from '../../engines/extractor/extractor-child.js';
import { ExtractorCrashed } from '../../engines/feature-extractor.js';
import {
  createSupervisedExtractor,
  restartDelay,
  type SupervisedExtractor,
} from '../../engines/extractor/supervised-extractor.js';
import { packageRoot } from '../../runs/package-root.js';
import { isAlive } from '../support/is-alive.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { describeExtractor } from './conformance.js';
import { openEfficientNet } from './known-networks.js';
import { makeJpegs } from './pictures.js';

const network = await openEfficientNet();
const { backbone } = network;

describeExtractor({
  name: 'the supervised extractor',
  network,
  engine: 'onnx-cpu',
  acrossSizes: 0,
  open: (options) => Promise.resolve(createSupervisedExtractor(backbone, options)),
});

test('kill -9 of the process in the middle of a call is a crash, and the next call works', async () => {
  const extractor = openForThisTest();
  const pictures = await makeJpegs(40);
  const undisturbed = await extractor.extract(pictures);
  const killed = extractor.extract(pictures, { onProgress: () => process.kill(pidOf(extractor), 'SIGKILL') });
  const crash: unknown = await killed.catch((error: unknown) => error);
  expect(crash).toBeInstanceOf(ExtractorCrashed);
  expect(crash).toMatchObject({ retryable: true });
  expect(String(crash)).toMatch(/killed by SIGKILL .* with 40 pictures at hand/);
  expect((await extractor.extract(pictures)).images).toEqual(undisturbed.images);
});

test('pictures that are files are read by the process; only what it cannot use is asked for', async () => {
  const extractor = openForThisTest();
  const pictures = await makeJpegs(6);
  const expected = await extractor.extract(pictures);
  const folder = await temporaryFolder();
  const files = await Promise.all(
    pictures.map(async (bytes, index) => {
      const path = join(folder, `${index}.jpg`);
      if (index !== 4) await writeFile(path, index === 2 ? bytes.subarray(1) : bytes);
      return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
  const asked: number[] = [];
  const read = (index: number) => {
    asked.push(index);
    return pictures[index] ?? new Uint8Array();
  };
  const { images, seconds } = await extractor.extract({ count: 6, files, read });
  expect(images).toEqual(expected.images);
  expect(asked.toSorted()).toEqual([2, 4]);
  expect(seconds.read).toBeGreaterThan(0);
});

test('a file that nobody can read ends the call with what its queue says', async () => {
  const extractor = openForThisTest();
  const reason = new Error('the store has no such picture');
  const files = [{ path: join(await temporaryFolder(), 'gone.jpg'), sha256: '0'.repeat(64) }];
  await expect(extractor.extract({ count: 1, files, read: () => Promise.reject(reason) })).rejects.toBe(
    reason,
  );
  expect((await extractor.extract(await makeJpegs(1))).images).toHaveLength(1);
});

test('all calls under way fail when the process dies', async () => {
  const extractor = openForThisTest();
  const pictures = await makeJpegs(40);
  await extractor.extract(pictures.slice(0, 1));
  const calls = [extractor.extract(pictures), extractor.extract(pictures)];
  process.kill(pidOf(extractor), 'SIGSEGV');
  for (const outcome of await Promise.allSettled(calls))
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ExtractorCrashed) as unknown });
});

test('an interrupt from the terminal does not end the process', async () => {
  const extractor = openForThisTest();
  const pictures = await makeJpegs(20);
  await extractor.extract(pictures.slice(0, 1));
  const before = pidOf(extractor);
  process.kill(before, 'SIGINT');
  expect((await extractor.extract(pictures)).images).toHaveLength(20);
  expect(pidOf(extractor)).toBe(before);
});

test('close ends the process', async () => {
  const extractor = openForThisTest();
  await extractor.extract(await makeJpegs(1));
  const pid = pidOf(extractor);
  await extractor.close();
  expect(isAlive(pid)).toBe(false);
});

test('without work the process leaves, not while there is some, and comes back with the next call', async () => {
  const extractor = createSupervisedExtractor(backbone, {}, { idleMs: 100 });
  onTestFinished(() => extractor.close());
  const pictures = await makeJpegs(20);
  const first = extractor.extract(pictures.slice(0, 1));
  const [, { images }] = await Promise.all([first, extractor.extract(pictures)]);
  const before = pidOf(extractor);
  await expect.poll(() => isAlive(before), { timeout: 10_000 }).toBe(false);
  expect(extractor.pid).toBeUndefined();
  expect((await extractor.extract(pictures)).images).toEqual(images);
  expect(pidOf(extractor)).not.toBe(before);
});

test('the next process is not started before the one that leaves is gone', async () => {
  const extractor = createSupervisedExtractor(backbone, {}, { idleMs: 50 });
  onTestFinished(() => extractor.close());
  const pictures = await makeJpegs(1);
  await extractor.extract(pictures);
  const before = pidOf(extractor);
  process.kill(before, 'SIGSTOP'); // it hears no farewell, and is killed
  await expect.poll(() => extractor.pid).toBeUndefined();
  expect(isAlive(before)).toBe(true);
  await extractor.extract(pictures);
  expect(isAlive(before)).toBe(false);
});

test('the process ends when its parent is killed', async () => {
  const script = join(await temporaryFolder(), 'parent.mjs');
  const [picture = new Uint8Array()] = await makeJpegs(1);
  await writeFile(`${script}.jpg`, picture);
  const load = (file: string) => JSON.stringify(pathToFileURL(join(packageRoot, 'dist', file)).href);
  await writeFile(
    script,
    `import { readFile } from 'node:fs/promises';
     const { resolveBackbone } = await import(${load('backbones/registry.js')});
     const { createSupervisedExtractor } = await import(${load('engines/extractor/supervised-extractor.js')});
     const extractor = createSupervisedExtractor(await resolveBackbone('efficientnet-lite0'));
     await extractor.extract([await readFile(${JSON.stringify(`${script}.jpg`)})]);
     console.log(extractor.pid);
     setInterval(() => {}, 1000);`,
  );
  const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())));
  });
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
});

test('a process that is stuck is killed and counts as crashed', async () => {
  const child = startExtractorChild(backbone, resolveEngineOptions(), 1_000);
  onTestFinished(() => child.close());
  process.kill(child.pid ?? Number.NaN, 'SIGSTOP');
  const call = child.extract(await makeJpegs(2));
  await expect(call).rejects.toThrow('The extractor process said nothing for 1 seconds.');
  expect(await child.ended).toBeInstanceOf(ExtractorCrashed);
});

test('a network that cannot be opened is one clear sentence for every call, and no crash', async () => {
  const extractor = createSupervisedExtractor({ ...backbone, sha256: '0'.repeat(64) });
  onTestFinished(() => extractor.close());
  const pictures = await makeJpegs(2);
  for (let attempt = 0; attempt < 3; attempt++) {
    const failure: unknown = await extractor.extract(pictures).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineUnavailable);
    expect(failure).toMatchObject({ retryable: false });
    expect(String(failure)).toContain('is damaged');
  }
});

test('a process that keeps dying is started less and less often', () => {
  expect([0, 1, 2, 3, 4, 20].map(restartDelay)).toEqual([0, 0, 500, 1000, 2000, 5000]);
});

function openForThisTest(): SupervisedExtractor {
  const extractor = createSupervisedExtractor(backbone);
  onTestFinished(() => extractor.close());
  return extractor;
}

function pidOf({ pid }: SupervisedExtractor): number {
  if (pid === undefined) throw new Error('Expected a running extractor process.');
  return pid;
}
