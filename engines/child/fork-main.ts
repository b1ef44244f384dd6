import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { EngineUnavailable } from '../engine-unavailable.js';

/** What a child process is given besides its channel. */
export interface ForkOptions {
  /** Default `ignore`. */
  readonly stderr?: 'pipe' | 'ignore';
  /** On top of this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a built file as a child process with a channel in structured-clone serialisation.
 *
 * Where the platform has process groups, the process gets one of its own, so that Ctrl-C in a terminal does not reach it
 * before its parent has drained.
 *
 * @param main path of the built file: processes cannot be started from TypeScript.
 * @throws EngineUnavailable where Graft is not built.
 */
export function forkMain(main: string, { stderr = 'ignore', env = {} }: ForkOptions = {}): ChildProcess {
  if (!existsSync(main))
    throw new EngineUnavailable(`Graft is not built (${main} is missing): npm run build.`);
  return fork(main, [], {
    serialization: 'advanced',
    detached: process.platform !== 'win32',
    execArgv: [],
    stdio: ['ignore', 'ignore', stderr, 'ipc'],
    env: { ...process.env, ...env },
  });
}
