import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutTemporalSettings } from './environment.js';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';
import type { SearchAttributeType } from './search-attributes.js';
import type { TemporalPorts } from './temporal-ports.js';

/** Longer than a dev server needs to close its database; measured 0.1 s. */
const GRACE_MS = 10_000;
/** A log that grew beyond this is put aside at the next start. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;

export interface ServerCommand extends TemporalPorts {
  readonly cliPath: string;
  /** Holds the log, and the database unless it is in memory. */
  readonly dataFolder: string;
  readonly database: 'file' | 'memory';
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
}

export interface ServerProcess {
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  hasEnded(): boolean;
  /** What it has written since it was started. */
  readLog(): Promise<string>;
}

/** Everything after `temporal` for a server on loopback ports only. */
export function serverArguments(command: ServerCommand): string[] {
  const { port, uiPort, database, dataFolder, searchAttributes } = command;
  // Write-ahead logging and fewer flushes: state changes are seven times faster (measured), the database survives the
  // death of the process, and a power cut loses at most the last moments. The exclusive lock makes a second server on
  // the same database fail at once; without it both start and spoil each other's writes.
  const pragmas = ['journal_mode=wal', 'synchronous=1', 'locking_mode=exclusive'];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    // No file of settings is read: a name that does not exist is none.
    ...['--log-level', 'error', '--env-file', join(dataFolder, 'no-settings.yaml')],
    ...(database === 'file' ? ['--db-filename', join(dataFolder, 'temporal.db')] : []),
    ...(database === 'file' ? pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]) : []),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

/**
 * Starts the server apart from the terminal: its own session, so that Ctrl-C reaches Graft alone, its output in
 * `temporal.log`, no TEMPORAL_* in its environment. The folder must exist.
 */
export async function spawnServer(command: ServerCommand): Promise<ServerProcess> {
  const logFile = join(command.dataFolder, 'temporal.log');
  await putLongLogAside(logFile);
  const log = await open(logFile, 'a');
  try {
    const { size: logStart } = await log.stat();
    const child = spawn(command.cliPath, serverArguments(command), {
      cwd: command.dataFolder,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log.fd, log.fd],
      env: withoutTemporalSettings(process.env),
    });
    await once(child, 'spawn');
    child.unref();
    return {
      identity: await identifyProcess(child.pid ?? 0),
      logFile,
      hasEnded: () => child.exitCode !== null || child.signalCode !== null,
      readLog: async () => (await readFile(logFile)).subarray(logStart).toString('utf8'),
    };
  } finally {
    await log.close();
  }
}

async function putLongLogAside(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (file) => file.size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await rename(logFile, `${logFile}.1`);
}

/**
 * Ends a server process, whoever started it: SIGTERM, then SIGKILL after ten seconds. One that has ended already, or
 * whose pid is another process by now, is left alone.
 */
export async function stopProcess(identity: ProcessIdentity, graceMs = GRACE_MS): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await isRunning(identity))) return;
    sendSignal(identity.pid, signal);
    const deadline = Date.now() + graceMs;
    while (Date.now() < deadline) {
      if (!(await isRunning(identity))) return;
      await sleep(50);
    }
  }
}

function sendSignal(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}
