import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../runs/package-root.js';
import type { BareLoopCost, BareLoopSettings } from '../baselines/bare-sdk-loop.js';

/** What an empty activity costs a worker of Temporal's SDK alone, in a process of its own, on the same server. */
export async function measureBareLoop(settings: BareLoopSettings): Promise<BareLoopCost> {
  const main = join(packageRoot, 'dist/bench/baselines/bare-sdk-loop.js');
  const child = fork(main, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(() => {
    throw new Error('expected the bare loop to tell its cost, but it ended; see what it wrote above');
  });
  ended.catch(() => undefined);
  const [cost] = (await Promise.race([once(child, 'message'), ended])) as [BareLoopCost];
  return cost;
}
