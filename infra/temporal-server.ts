import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { GraftError } from '../errors/graft-error.js';
import type { Announce } from './announcement.js';
import type { ProcessIdentity } from './process-identity.js';
import { graftSearchAttributes, type SearchAttributeType } from './search-attributes.js';
import { type ServerProcess, spawnServer, stopProcess } from './server-process.js';
import { askHealth } from './temporal-health.js';
import { choosePorts, type DemandedPorts, portTaken, type TemporalPorts } from './temporal-ports.js';

/** A Temporal server that Graft runs; it outlives this process unless stopped. */
export interface EmbeddedServer {
  /** `127.0.0.1:<port>`, for a Temporal connection. */
  readonly address: string;
  /** `http://127.0.0.1:<port>` */
  readonly uiUrl: string;
  readonly pid: number;
  /** Tells this process from a later one with the same pid. */
  readonly identity: ProcessIdentity;
  /** The same for a database, whichever process serves it. */
  readonly clusterId: string;
  /** Ends it: SIGTERM, then SIGKILL after a second; its database survives both. */
  stop(): Promise<void>;
}

export interface StartTemporalServerOptions extends DemandedPorts {
  /** What `findTemporalCli` found. */
  readonly cli: { readonly path: string };
  /** Made if missing. Holds temporal.db and temporal.log. */
  readonly dataFolder: string;
  /** `memory`: histories end with the server. Default `file`. */
  readonly database?: 'file' | 'memory';
  /** Registered at the start; those that are there already do no harm. Default Graft's four. */
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
  readonly announce: Announce;
  readonly signal?: AbortSignal | undefined;
}

/** The server ended or did not become ready; the message has the last lines of its log. */
export class TemporalServerFailed extends GraftError {}

/** Trouble that goes by itself: a port taken since it was chosen, a database not yet closed by its last server. */
class Transient extends Error {
  constructor(
    readonly trouble: 'port taken' | 'database locked',
    readonly failure: GraftError,
  ) {
    super(failure.message);
  }
}

/** A warm start takes 0.3 s; a cold 250 MB binary on a busy machine far more. */
const READY_TIMEOUT_MS = 60_000;
/** Up to nine starts within about fifteen seconds. */
const RETRIES = { retries: 8, minTimeout: 250, maxTimeout: 2_500, factor: 1.6 };

/**
 * Starts `temporal server start-dev` on free loopback ports and waits until it answers.
 *
 * Throws BadInput where a demanded port is taken, {@link TemporalServerFailed} where the server does not become ready,
 * and the signal's reason when aborted; no process is left behind then.
 */
export async function startTemporalServer(options: StartTemporalServerOptions): Promise<EmbeddedServer> {
  await mkdir(options.dataFolder, { recursive: true });
  try {
    return await pRetry(() => startOnce(options), {
      ...RETRIES,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      shouldRetry: ({ error }) => error instanceof Transient,
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (error instanceof Transient && error.trouble === 'database locked' && attemptNumber === 1)
          options.announce({ kind: 'step', text: "Waiting for Temporal's database to be closed" });
      },
    });
  } catch (error) {
    throw error instanceof Transient ? error.failure : error;
  }
}

async function startOnce(options: StartTemporalServerOptions): Promise<EmbeddedServer> {
  options.signal?.throwIfAborted();
  const ports = await choosePorts(options);
  const server = await spawn(options, ports);
  try {
    const clusterId = await waitUntilReady(server, ports, options);
    return {
      address: addressOf(ports),
      uiUrl: `http://127.0.0.1:${ports.uiPort}`,
      pid: server.identity.pid,
      identity: server.identity,
      clusterId,
      stop: () => stopProcess(server.identity),
    };
  } catch (error) {
    await stopProcess(server.identity);
    throw error;
  }
}

const addressOf = ({ port }: TemporalPorts): string => `127.0.0.1:${port}`;

async function spawn(options: StartTemporalServerOptions, ports: TemporalPorts): Promise<ServerProcess> {
  try {
    return await spawnServer({
      ...ports,
      cliPath: options.cli.path,
      dataFolder: resolve(options.dataFolder),
      database: options.database ?? 'file',
      searchAttributes: options.searchAttributes ?? graftSearchAttributes,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemporalServerFailed(`${options.cli.path} could not be started: ${reason}.`, { cause: error });
  }
}

async function waitUntilReady(
  server: ServerProcess,
  ports: TemporalPorts,
  options: StartTemporalServerOptions,
): Promise<string> {
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline;) {
    options.signal?.throwIfAborted();
    // A stranger may have taken the port first: an answer counts only while our own process lives.
    const health = await askHealth(addressOf(ports));
    if (server.hasEnded()) throw await explainEnd(server, ports, options);
    if (health !== undefined) return health.clusterId;
    await sleep(25);
  }
  throw new TemporalServerFailed(
    `The Temporal server did not become ready within ${READY_TIMEOUT_MS / 1000} s; its log is ${server.logFile}.`,
  );
}

async function explainEnd(
  server: ServerProcess,
  ports: TemporalPorts,
  options: StartTemporalServerOptions,
): Promise<Error> {
  const log = await server.readLog();
  if (log.includes('database is locked')) return databaseLocked(options);
  const last = log.trim().split('\n').slice(-3).join('\n');
  const failure = new TemporalServerFailed(
    `The Temporal server ended at once; its log is ${server.logFile} and ends with:\n${last}`,
  );
  if (!log.includes('address already in use') && !log.includes('Only one usage of each socket address'))
    return failure;
  // The port was free a moment ago. A demanded one stays taken, any other is simply chosen again.
  if (options.uiPort !== undefined && log.includes(`UI port ${ports.uiPort}`))
    return portTaken('--ui-port', ports.uiPort);
  if (options.port !== undefined && log.includes(`frontend port ${ports.port}`))
    return portTaken('--port', ports.port);
  return new Transient('port taken', failure);
}

const databaseLocked = ({ dataFolder }: StartTemporalServerOptions): Transient =>
  new Transient(
    'database locked',
    new TemporalServerFailed(
      `Temporal's database in ${dataFolder} is used by another process, most likely a \`temporal server\` started from there. ` +
        'Stop that one, or set TEMPORAL_ADDRESS to its address.',
    ),
  );
