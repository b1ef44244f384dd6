import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { requireEngine } from '../engines/choice/require-engine.js';
import type { Announce, Announcement } from '../infra/announcement.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { keepServer } from '../infra/keep-server.js';
import { serverFolderOf } from '../infra/server-folder.js';
import {
  type ConnectOrStartOptions,
  type ServerLease,
  type ServerUse,
  connectOrStartServer,
} from '../infra/server-lock.js';
import { findTemporalCli } from '../infra/temporal-cli.js';
import { allowTypedSource, listTypedSources } from '../infra/typed-sources.js';
import { readWebhookSettings } from '../notifications/webhook-settings.js';
import { packageRoot } from '../runs/package-root.js';
import type { ObjectStore } from '../storage/object-store.js';
import { createLogger, installRuntime } from '../workers/runtime.js';
import { type RunningWorkers, startWorkers } from '../workers/start-workers.js';
import { explainError } from './exit-codes.js';
import { untilWorkersLeave } from './borrowed-workers.js';
import {
  type TemporalProfile,
  connectTemporal,
  environmentProfile,
  plainProfile,
} from './temporal-profile.js';

/** A connection to Temporal together with what this process has to run itself: maybe a server, maybe workers. */
export interface Session {
  readonly client: Client;
  /** Which server it is, for people. */
  readonly server: string;
  /** Address of the Web UI, where it is known. */
  readonly uiUrl: string | undefined;
  /** Aborts when {@link Session.close} begins: calls that wait for long must end before their connection does. */
  readonly closing: AbortSignal;
  /** Rejects when workers of this process fail, or its server has died and does not start again; otherwise never settles before {@link Session.close}. */
  readonly failed: Promise<never>;
  /** Whether the workers, and the server's life, are this process's own. */
  readonly embedded: boolean;
  /** Drains the workers, then gives back the server, which stops if nobody else uses it. May be called twice. */
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly store: ObjectStore;
  readonly kind: ServerUse;
  /** What runs networks in workers of this process. */
  readonly engine: EngineKind;
  /** Folders that local sources may lie in, beside the current one and the package's samples. */
  readonly allowedRoots: readonly string[];
  /** A local source that somebody typed: the workers of every command over this store may read it. */
  readonly typedSource?: string | undefined;
  readonly announce: Announce;
  readonly signal: AbortSignal;
  /** Workers of this process tune networks before their first batch where nothing was tuned. */
  readonly tune?: boolean | undefined;
  /** Ports of the embedded server; free ones where not given. */
  readonly port?: number | undefined;
  readonly uiPort?: number | undefined;
}

/** Uses the Temporal server that the environment names, else the one that serves the store's folder, else starts one. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const profile = environmentProfile();
  return profile === undefined ? openEmbedded(options) : openRemote(profile);
}

/** Workers of a named server are its operator's affair: they run elsewhere, as `graft worker`. */
async function openRemote(profile: TemporalProfile): Promise<Session> {
  const connection = await connectTemporal(profile);
  const closing = new AbortController();
  return {
    client: new Client({ connection, namespace: profile.namespace }),
    server: `${profile.address}, namespace ${profile.namespace} (from the environment)`,
    uiUrl: undefined,
    closing: closing.signal,
    failed: new Promise(() => undefined),
    embedded: false,
    close() {
      closing.abort();
      return connection.close();
    },
  };
}

async function openEmbedded(options: SessionOptions): Promise<Session> {
  const { store, kind, typedSource, announce, signal, port, uiPort } = options;
  requireEngine(options.engine); // before anything is started for it
  readWebhookSettings(process.env);
  if (typedSource !== undefined) await allowTypedSource(serverFolderOf(store.url), typedSource);
  const serving: ConnectOrStartOptions = {
    dataFolder: serverFolderOf(store.url),
    kind,
    announce,
    signal,
    ...(port !== undefined && { port }),
    ...(uiPort !== undefined && { uiPort }),
    findCli: () => findTemporalCli({ announce, signal }),
  };
  const lease = await connectOrStartServer(serving);
  try {
    return await joinServer(lease, serving, options);
  } catch (error) {
    await lease.release();
    throw error;
  }
}

async function joinServer(
  lease: ServerLease,
  serving: ConnectOrStartOptions,
  options: SessionOptions,
): Promise<Session> {
  const profile = plainProfile(lease.server.address);
  const closing = new AbortController();
  // A `graft up` brings workers over the same store; everybody else brings their own, and they share the work.
  const hasWorkers = lease.others.some((user) => user.kind === 'up');
  const workers = hasWorkers
    ? takeOverWorkers(profile, options, closing.signal)
    : startOwnWorkers(profile, options);
  const joining = Promise.all([connectTemporal(profile), hasWorkers || workers]);
  const [connection] = await joining.catch(async (error: unknown) => {
    closing.abort();
    await drain(workers);
    throw error;
  });
  const kept = keepServer(serving, closing.signal);
  return {
    client: new Client({ connection, namespace: profile.namespace }),
    server: `${lease.server.address} (${describeRole(lease)})`,
    uiUrl: lease.server.uiUrl,
    closing: closing.signal,
    failed: firstFailure(failureOf(workers), kept),
    embedded: !hasWorkers,
    async close() {
      closing.abort();
      await drain(workers);
      await lease.release().catch((error: unknown) => options.announce(leftRunning(error)));
      // The connection stays open: calls that the client is retrying would throw from a timer. Idle, it keeps no process
      // alive; a client or workers in trouble do.
      setTimeout(() => process.exit(), EXIT_LIMIT_MS).unref();
    },
  };
}

/** A full disk, for one, keeps the server's record from being changed; the next command adopts the server. */
const leftRunning = (error: unknown): Announcement => ({
  kind: 'failed',
  text: `The Temporal server is left running: ${explainError(error).message}`,
});

/** Workers drain for 10 seconds, and then need a moment. */
const DRAIN_LIMIT_MS = 20_000;

/** Workers that failed have been reported elsewhere; those that wait for a server in trouble wait in vain. */
async function drain(workers: Promise<RunningWorkers | undefined>): Promise<void> {
  const drained = workers.then((running) => running?.shutdown()).catch(() => undefined);
  await Promise.race([drained, sleep(DRAIN_LIMIT_MS, undefined, { ref: false })]);
}

/** How long the process may live on after its session. */
const EXIT_LIMIT_MS = 3_000;

/** Starts workers once those of `graft up` have left; none where `closing` aborts before. */
async function takeOverWorkers(
  profile: TemporalProfile,
  options: SessionOptions,
  closing: AbortSignal,
): Promise<RunningWorkers | undefined> {
  if (!(await untilWorkersLeave(serverFolderOf(options.store.url), closing))) return undefined;
  options.announce({
    kind: 'step',
    text: 'graft up has ended; this command goes on with workers of its own',
  });
  return startOwnWorkers(profile, options);
}

/** Rejects with the first of both; never settles otherwise. Whoever does not wait for it misses nothing. */
function firstFailure(workers: Promise<never>, kept: Promise<void>): Promise<never> {
  const failed = Promise.race([workers, kept.then(() => new Promise<never>(() => undefined))]);
  failed.catch(() => undefined);
  return failed;
}

/** Rejects when the workers fail; never settles otherwise. */
function failureOf(workers: Promise<RunningWorkers | undefined>): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => {
    workers.then((running) => running?.stopped).catch(reject);
  });
  // Whoever waits for it sees the rejection; a session that is closing does not wait any more.
  failed.catch(() => undefined);
  return failed;
}

function startOwnWorkers(
  profile: TemporalProfile,
  { store, engine, allowedRoots, tune, announce }: SessionOptions,
): Promise<RunningWorkers> {
  // Only now: an installed runtime keeps the process alive until its workers have ended.
  const folder = serverFolderOf(store.url);
  installRuntime(createLogger(join(folder, 'workers.log')));
  const fixedRoots = [process.cwd(), join(packageRoot, 'samples'), ...allowedRoots];
  return startWorkers({
    connection: profile.connection,
    namespace: profile.namespace,
    store,
    role: 'all',
    engine,
    allowedRoots: async () => [...fixedRoots, ...(await listTypedSources(folder))],
    cacheFolder: cacheFolder(),
    webhook: readWebhookSettings(process.env),
    ...(tune === true && { tune: announce }),
  });
}

function describeRole({ role, others }: ServerLease): string {
  if (role === 'owner') return "Graft's own";
  if (role === 'adopted') return "Graft's own, left running by an earlier command";
  return others.some((user) => user.kind === 'up') ? 'of graft up' : 'shared with another graft';
}
