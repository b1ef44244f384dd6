import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutTemporalSettings } from './environment.js';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';
import type { SearchAttributeType } from './search-attributes.js';
import type { TemporalPorts } from './temporal-ports.js';

/**
 * A dev server takes two to three seconds to say goodbye to itself, which nobody waits for gladly; everything that it
 * has acknowledged is in its write-ahead log by then, so that SIGKILL loses nothing.
 */
const GRACE_MS = 250;
/** Until the system has cleared a killed process away. */
const KILLED_MS = 10_000;
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

/**
 * A task queue in one piece. In four, as is the server's default, a worker's poll asks one of them, and a batch that
 * waits in another is found only up to half a second later (measured).
 */
const ONE_PARTITION = ['matching.numTaskqueueReadPartitions=1', 'matching.numTaskqueueWritePartitions=1'];

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
    ...ONE_PARTITION.flatMap((setting) => ['--dynamic-config-value', setting]),
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
 * Ends a server process, whoever started it: SIGTERM, then SIGKILL after `graceMs` (default 250). One that has ended
 * already, or whose pid is another process by now, is left alone.
 */
export async function stopProcess(identity: ProcessIdentity, graceMs = GRACE_MS): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', KILLED_MS],
  ] as const) {
    if (!(await isRunning(identity))) return;
    sendSignal(identity.pid, signal);
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (!(await isRunning(identity))) return;
      await sleep(25);
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
