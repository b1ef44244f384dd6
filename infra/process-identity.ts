import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/**
 * One process, told apart from a later one that got the same pid.
 *
 * `started` is the system's own record of when it began (boot and ticks on Linux, a date on macOS), `null` where the
 * system has none to read (Windows). `host` tells that the pid means nothing on another machine or in another container.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string | null;
  readonly host: string;
}

/** In place of a start time: dead, merely not yet reaped by its parent. */
const ENDED = 'ended';

export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  return { pid, started: (await readStart(pid)) ?? null, host: hostname() };
}

/** Whether this very process still runs here; where the system tells no start time, a living pid is believed. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  if (!pidExists(identity.pid)) return false;
  const started = await readStart(identity.pid);
  return started !== ENDED && (identity.started === null || started === identity.started);
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function readStart(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return readStartFromProc(pid).catch(() => undefined);
  if (process.platform === 'darwin') return readStartFromPs(pid).catch(() => undefined);
  return undefined;
}

/** Fields of proc(5)'s `stat` after the parenthesised name: the first is the state, the twentieth the start in ticks. */
async function readStartFromProc(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return ENDED;
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return `${boot}/${rest[18] ?? ''}`;
}

async function readStartFromPs(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return stdout.trim();
}
