import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../runs/package-root.js';

/** How to start `graft worker`. */
export interface WorkerCommand {
  /** Of its store. */
  readonly store: string;
  /** Folders that sources may lie in. */
  readonly allow: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Told each line of its log. */
  readonly onLog: (line: string) => void;
}

/** One `graft worker` process, from its start to its end. */
export interface WorkerProcess {
  readonly pid: number;
  /** Polls Temporal. */
  isServing(): boolean;
  /** Has polled Temporal, and may have ended since. */
  hasServed(): boolean;
  hasEnded(): boolean;
  /** Its extractor process, where there is one. */
  extractor(): number | undefined;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with how it ended, for people. */
  readonly ended: Promise<string>;
}

/** Starts the real command of the built package. */
export async function startWorkerProcess(command: WorkerCommand): Promise<WorkerProcess> {
  const graft = join(packageRoot, 'bin/graft.js');
  const allow = command.allow.flatMap((folder) => ['--allow', folder]);
  const child = spawn(process.execPath, [graft, 'worker', '--store', command.store, ...allow], {
    env: { ...command.environment, GRAFT_LOG: 'debug' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child, 'spawn');
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const pid = child.pid ?? 0;
  let serves = false;
  let lastWords = '';
  child.stdout.on('data', (text: Buffer) => (serves ||= text.includes(' serves ')));
  createInterface(child.stderr).on('line', (line) => {
    command.onLog(line);
    if (!line.startsWith('{')) lastWords = line;
  });
  const ended = once(child, 'close').then(() => {
    process.off('exit', kill);
    return `${child.signalCode ?? `exit code ${child.exitCode ?? 0}`}${lastWords === '' ? '' : `, ${lastWords}`}`;
  });
  const hasEnded = (): boolean => isOver(child);
  return {
    pid,
    isServing: () => serves && !hasEnded(),
    hasServed: () => serves,
    hasEnded,
    extractor: () => childOf(pid),
    signal: (signal) => void child.kill(signal),
    ended,
  };
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** A worker's only children are extractors; undefined where Linux does not tell. */
function childOf(pid: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return child ? Number(child) : undefined;
  } catch {
    return undefined;
  }
}
