import { once } from 'node:events';
import { getPriority } from 'node:os';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { packageRoot } from '../../runs/package-root.js';

const MODULE = pathToFileURL(join(packageRoot, 'dist/engines/thread/yield-to-others.js')).href;

async function nicenessOfThread(before: number): Promise<number> {
  const script = `
    const { getPriority, setPriority } = require('node:os');
    import(${JSON.stringify(MODULE)}).then(({ yieldToOthers }) => {
      if (${before} > getPriority()) setPriority(${before});
      yieldToOthers();
      require('node:worker_threads').parentPort.postMessage(getPriority());
    });`;
  const thread = new Worker(script, { eval: true });
  const [niceness] = (await once(thread, 'message')) as [number];
  return niceness;
}

test.runIf(process.platform === 'linux')(
  'a thread steps back, and the others of its process do not',
  async () => {
    const before = getPriority();
    expect(await nicenessOfThread(before)).toBe(Math.min(19, before + 5));
    expect(getPriority()).toBe(before);
  },
);

test.runIf(process.platform === 'linux')('the nicest stays as it is', async () => {
  expect(await nicenessOfThread(18)).toBe(19);
  expect(await nicenessOfThread(19)).toBe(19);
});
