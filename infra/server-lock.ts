import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput } from '../errors/graft-error.js';
import { identifyProcess, isRunning } from './process-identity.js';
import { withProcessLock } from './process-lock.js';
import { stopProcess } from './server-process.js';
import {
  readServerRecord,
  removeServerRecord,
  type ServerRecord,
  type ServerUse,
  type ServerUser,
  writeServerRecord,
} from './server-record.js';
import { askHealth } from './temporal-health.js';
import {
  type EmbeddedServer,
  startTemporalServer,
  type StartTemporalServerOptions,
} from './temporal-server.js';

export type { ServerUse, ServerUser } from './server-record.js';

export interface ConnectOrStartOptions extends Omit<StartTemporalServerOptions, 'cli' | 'database'> {
  /** Asked only if a server has to be started. */
  readonly findCli: () => Promise<{ readonly path: string }>;
  /** What this process wants it for. */
  readonly kind: ServerUse;
}

/** This process' share in the folder's server. */
export interface ServerLease {
  readonly server: EmbeddedServer;
  /** `owner` started it, `guest` joined living users (and started it again for them where it had died), `adopted` found it running with all its users dead. */
  readonly role: 'owner' | 'guest' | 'adopted';
  /** Who used it already when this process came: with an `up` among them its workers are there. */
  readonly others: readonly ServerUser[];
  /** Gives the share back: the last user's stops the server. Safe to call twice. */
  release(): Promise<'stopped' | 'left running'>;
}

/** How long a living server may take to answer before it is stopped and replaced. */
const UNRESPONSIVE_MS = 15_000;

/**
 * Attaches to the server that serves `dataFolder`, or starts one: at most one per folder, however many processes ask at
 * once, and whichever of them were killed before. One that died under living users is started again at its ports, so that
 * their workers go on.
 *
 * Throws what `findCli` and `startTemporalServer` throw, and BadInput where another machine's Graft holds the folder.
 */
export async function connectOrStartServer(options: ConnectOrStartOptions): Promise<ServerLease> {
  return whileFolderIsLocked(options.dataFolder, options, async () => {
    const record = await readServerRecord(options.dataFolder);
    const running = record === undefined ? undefined : await useOrClear(record, options);
    if (running !== undefined) return attach(running, options);
    const revived = record === undefined ? undefined : await reviveForUsers(record, options);
    return revived === undefined ? start(options) : attach(revived, options);
  });
}

/**
 * Starts the server of `dataFolder` again, at its ports, if it has died or stopped answering under living users. Nothing is
 * done where it is well, or where the folder has no record of one. True where it was started.
 *
 * Throws what `findCli` and `startTemporalServer` throw; BadInput where somebody else has taken a port meanwhile.
 */
export async function reviveServer(options: ConnectOrStartOptions): Promise<boolean> {
  const { dataFolder } = options;
  if ((await readServerRecord(dataFolder)) === undefined) return false; // the folder may be gone: do not make it anew
  return whileFolderIsLocked(dataFolder, options, async () => {
    const record = await readServerRecord(dataFolder);
    if (record === undefined || (await useOrClear(record, options)) !== undefined) return false;
    const users = await livingUsers(record);
    if (users.length > 0) await startAgain(record, users, options);
    return users.length > 0;
  });
}

/** The server that others run for `dataFolder`, without taking a share in it. */
export async function findRunningServer(
  dataFolder: string,
): Promise<Pick<ServerRecord, 'address' | 'uiUrl' | 'users' | 'startedAt'> | undefined> {
  const record = await readServerRecord(dataFolder);
  if (record === undefined || !(await isHealthy(record))) return undefined;
  return { ...record, users: await livingUsers(record) };
}

function whileFolderIsLocked<T>(
  dataFolder: string,
  { announce, signal }: Pick<ConnectOrStartOptions, 'announce' | 'signal'>,
  body: () => Promise<T>,
): Promise<T> {
  const onWait = (): void =>
    announce({ kind: 'step', text: 'Waiting for another Graft that is starting the Temporal server' });
  return withProcessLock(join(dataFolder, 'server.lock'), { signal, onWait }, body);
}

/** Undefined where nobody lives who used the dead server, or its ports are somebody else's by now. */
async function reviveForUsers(
  record: ServerRecord,
  options: ConnectOrStartOptions,
): Promise<ServerRecord | undefined> {
  const users = await livingUsers(record);
  if (users.length === 0) return undefined;
  return startAgain(record, users, options).catch((error: unknown) => {
    if (error instanceof BadInput) return undefined;
    throw error;
  });
}

async function startAgain(
  record: ServerRecord,
  users: readonly ServerUser[],
  options: ConnectOrStartOptions,
): Promise<ServerRecord> {
  const portOf = (address: string): number => Number(new URL(address).port);
  const ports = { port: portOf(`tcp://${record.address}`), uiPort: portOf(record.uiUrl) };
  const server = await startTemporalServer({ ...options, ...ports, cli: await options.findCli() });
  const again = { ...record, server: server.identity, clusterId: server.clusterId, users };
  await writeServerRecord(options.dataFolder, again);
  return again;
}

async function start(options: ConnectOrStartOptions): Promise<ServerLease> {
  const server = await startTemporalServer({ ...options, cli: await options.findCli() });
  const { identity, address, uiUrl, clusterId } = server;
  const startedAt = new Date().toISOString();
  try {
    return await takeShare(
      { version: 1, server: identity, address, uiUrl, clusterId, startedAt, users: [] },
      'owner',
      options,
    );
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function attach(record: ServerRecord, options: ConnectOrStartOptions): Promise<ServerLease> {
  const users = await livingUsers(record);
  return takeShare({ ...record, users }, users.length > 0 ? 'guest' : 'adopted', options);
}

async function takeShare(
  record: ServerRecord,
  role: ServerLease['role'],
  { dataFolder, kind, announce }: ConnectOrStartOptions,
): Promise<ServerLease> {
  const user = { ...(await identifyProcess(process.pid)), lease: randomUUID(), kind };
  await writeServerRecord(dataFolder, { ...record, users: [...record.users, user] });
  const { server: identity, address, uiUrl, clusterId } = record;
  const stop = (): Promise<void> => stopProcess(identity);
  let released: ReturnType<ServerLease['release']> | undefined;
  return {
    server: { address, uiUrl, clusterId, identity, pid: identity.pid, stop },
    role,
    others: record.users,
    release: () =>
      (released ??= whileFolderIsLocked(dataFolder, { announce }, () =>
        giveBack(dataFolder, record, user.lease),
      )),
  };
}

async function giveBack(
  dataFolder: string,
  own: ServerRecord,
  lease: string,
): Promise<'stopped' | 'left running'> {
  const record = await readServerRecord(dataFolder);
  // The server may be another process by now: started again after it died.
  const current = record?.users.some((user) => user.lease === lease) === true ? record : undefined;
  const others = (current === undefined ? [] : await livingUsers(current)).filter(
    (user) => user.lease !== lease,
  );
  if (current !== undefined && others.length > 0) {
    await writeServerRecord(dataFolder, { ...current, users: others });
    return 'left running';
  }
  await stopProcess((current ?? own).server);
  if (current !== undefined) await removeServerRecord(dataFolder);
  return 'stopped';
}

/** Whether a user on another machine lives cannot be asked here: it is believed. */
async function livingUsers(record: ServerRecord): Promise<readonly ServerUser[]> {
  const alive = await Promise.all(
    record.users.map(async (user) => user.host !== hostname() || (await isRunning(user))),
  );
  return record.users.filter((_, index) => alive[index]);
}

/** The recorded server if it is alive and well; otherwise makes sure that nothing holds the database any more. */
async function useOrClear(
  record: ServerRecord,
  { announce, dataFolder, signal }: ConnectOrStartOptions,
): Promise<ServerRecord | undefined> {
  for (const deadline = Date.now() + UNRESPONSIVE_MS; ;) {
    if (await isHealthy(record)) return record;
    if (!(await isRunning(record.server))) break;
    if (Date.now() > deadline) {
      await stopUnresponsive(record, announce);
      break;
    }
    await sleep(250, undefined, signal === undefined ? {} : { signal });
  }
  if (record.server.host !== hostname()) throw heldElsewhere(record, dataFolder);
  await removeServerRecord(dataFolder);
  return undefined;
}

async function isHealthy(record: ServerRecord): Promise<boolean> {
  return (await askHealth(record.address))?.clusterId === record.clusterId;
}

async function stopUnresponsive(
  record: ServerRecord,
  announce: ConnectOrStartOptions['announce'],
): Promise<void> {
  // Without a start time the pid may be anybody's by now.
  if (record.server.started === null) return;
  announce({
    kind: 'step',
    text: `Stopping a Temporal server that does not answer (pid ${record.server.pid})`,
  });
  await stopProcess(record.server);
}

const heldElsewhere = (record: ServerRecord, dataFolder: string): BadInput =>
  new BadInput(
    `${dataFolder} is used by a Graft on another machine, ${record.server.host} (pid ${record.server.pid}), since ${record.startedAt}. ` +
      `Run there, or, if that machine is gone, delete ${join(dataFolder, 'server.json')}.`,
  );
