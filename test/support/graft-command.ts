import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** How a `graft` command ended. Colours are stripped. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GraftCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard output and error together match. Rejects when the command ends before. */
  printed(pattern: RegExp): Promise<void>;
}

export interface CommandOptions {
  /** Working folder, home and cache of the command: a temporary folder. */
  readonly folder: string;
  readonly temporalCli: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `graft …` as a user would, in an environment of its own. */
export function startGraft(args: readonly string[], options: CommandOptions): GraftCommand {
  const { folder, temporalCli, environment } = options;
  const child = spawn(process.execPath, [resolve('bin/graft.js'), ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      GRAFT_CACHE: join(folder, 'cache'),
      GRAFT_NO_GO_BUILD: '1',
      TEMPORAL_CLI_PATH: temporalCli,
      NO_COLOR: '1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((settle) =>
    child.once('close', (code) => {
      settle({ code, stdout: stripVTControlCharacters(stdout), stderr: stripVTControlCharacters(stderr) });
    }),
  );
  const printed = (pattern: RegExp): Promise<void> =>
    new Promise((settle, fail) => {
      const look = (): void => {
        if (pattern.test(stdout + stderr)) settle();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      void ended.then(() => fail(new Error(`graft ended before it printed ${pattern}:\n${stdout}${stderr}`)));
      look();
    });
  return { child, ended, printed };
}

/** Runs `graft …` to its end. */
export const runGraft = (args: readonly string[], options: CommandOptions): Promise<Ended> =>
  startGraft(args, options).ended;

/** The line of JSON that `graft run --json` ends with. */
export interface RunLine {
  readonly runId: string;
  readonly workflowId: string;
  readonly status: string;
  readonly metrics: string;
  readonly receipt: string;
  readonly report: string;
}

export function lastLine({ code, stdout, stderr }: Ended): RunLine {
  if (code !== 0) throw new Error(`graft exited with ${String(code)}:\n${stdout}${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as RunLine;
}
