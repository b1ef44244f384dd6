/**
 * Main of `npm run chaos`: kills and harms whatever a run stands on, and proves that nothing is lost. See {@link proveByChaos}.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { BadInput } from '../errors/graft-error.js';
import { findTemporalCli } from '../infra/temporal-cli.js';
import { type ChaosArguments, parseChaosArguments } from './options.js';
import { proveByChaos } from './prove.js';
import { mountSmallDisk } from './small-disk.js';
import { describeResult } from './summary.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What a full file system is where none can be mounted. */
const REAL = 'a tmpfs that was filled up';
const ANSWERED = 'answered by the store (507), because this user may not mount one';

async function runChaos({ faults, seed, source }: ChaosArguments, signal: AbortSignal): Promise<boolean> {
  const started = performance.now();
  const cli = await findTemporalCli({ announce: ({ text }) => console.error(text) });
  const versitygw = onPath('versitygw');
  const hasSmallDisk = await canMount();
  say(`chaos · ${faults} faults, seed ${seed} · ${source ?? 'the built-in sample'}`);
  if (versitygw === undefined)
    say('  no versitygw on the PATH: faults of a bucket are left out (docs/operations.md)');
  const result = await proveByChaos({
    ...{ faults, seed, hasSmallDisk, say, signal },
    tools: { temporalCli: cli.path, versitygw, source, mayMount: hasSmallDisk },
    ...(versitygw === undefined && { stores: ['file'] as const }),
  });
  say('');
  for (const line of describeResult(result, hasSmallDisk ? REAL : ANSWERED)) say(line);
  say(`${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
  return result.checks.every(({ holds }) => holds);
}

const onPath = (program: string): string | undefined =>
  [join('.cache', 'bin'), ...(process.env['PATH'] ?? '').split(delimiter)]
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));

async function canMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-chaos-mount-'));
  try {
    const disk = await mountSmallDisk(folder, 1);
    await disk?.unmount();
    return disk !== undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** npm hands on a Ctrl-C that the terminal has sent already; only who presses it again later wants no cleaning up. */
const AGAIN_MS = 1_000;

const interruption = new AbortController();
let interruptedAt = Number.POSITIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (performance.now() - interruptedAt > AGAIN_MS) process.exit(130);
    interruptedAt = Math.min(interruptedAt, performance.now());
    interruption.abort(new Error(`interrupted by ${signal}`));
  });

try {
  const holds = await runChaos(parseChaosArguments(process.argv.slice(2)), interruption.signal);
  process.exitCode = holds ? 0 : 1;
} catch (error) {
  const isPlain = error instanceof BadInput || interruption.signal.aborted;
  console.error(isPlain && error instanceof Error ? `chaos: ${error.message}` : error);
  process.exitCode = interruption.signal.aborted ? 130 : error instanceof BadInput ? 2 : 1;
}
