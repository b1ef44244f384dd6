import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identifyProcess, isRunning } from '../../infra/process-identity.js';
import { keepServer } from '../../infra/keep-server.js';
import { serverFolderOf } from '../../infra/server-folder.js';
import {
  type ConnectOrStartOptions,
  connectOrStartServer,
  findRunningServer,
  type ServerLease,
} from '../../infra/server-lock.js';
import { readServerRecord } from '../../infra/server-record.js';
import { askHealth } from '../../infra/temporal-health.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface Started {
  readonly role: string;
  readonly pid: number;
  readonly address: string;
}

const optionsFor = (dataFolder: string, path: string): ConnectOrStartOptions => ({
  dataFolder,
  kind: 'run',
  findCli: () => Promise.resolve({ path }),
  announce: () => undefined,
});

async function connectForTest(options: ConnectOrStartOptions): Promise<ServerLease> {
  const lease = await connectOrStartServer(options);
  onTestFinished(() => lease.server.stop());
  return lease;
}

/** Whether the lease's own server answers: its port may be another's by now. */
async function isServing(lease: ServerLease | undefined): Promise<boolean> {
  if (lease === undefined) throw new Error('Expected a lease.');
  const { address, clusterId } = lease.server;
  return (await askHealth(address))?.clusterId === clusterId;
}

/** Another process with a share in the server, as `graft up` or `graft run` would be. */
async function startOwner(
  dataFolder: string,
  path: string,
  kind: 'up' | 'run',
): Promise<{ readonly process: ChildProcess; readonly started: Started }> {
  const script = join(import.meta.dirname, 'server-owner.mjs');
  const child = spawn(process.execPath, [script, resolve('dist'), dataFolder, path, kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const started = JSON.parse(line.toString()) as Started;
  const server = await identifyProcess(started.pid);
  onTestFinished(async () => {
    if (await isRunning(server)) process.kill(started.pid, 'SIGKILL');
  });
  return { process: child, started };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

testWith(
  [needs.temporalCli],
  'many at once share one server, and the last to leave stops it',
  async ([path = '']) => {
    const options = optionsFor(await temporaryFolder(), path);
    const leases = await Promise.all([1, 2, 3].map(() => connectForTest(options)));
    expect(leases.map(({ role }) => role).sort()).toEqual(['guest', 'guest', 'owner']);
    expect(new Set(leases.map(({ server }) => server.address)).size).toBe(1);
    const [first, second, third] = leases;
    expect(await first?.release()).toBe('left running');
    expect(await first?.release()).toBe('left running');
    expect(await second?.release()).toBe('left running');
    expect(await third?.release()).toBe('stopped');
    expect(await isServing(first)).toBe(false);
    expect((await readdir(options.dataFolder)).filter((name) => /^server\./.test(name))).toEqual([]);
  },
);

testWith(
  [needs.temporalCli],
  'a guest learns that `graft up` is there, and leaving does not stop its server',
  async ([path = '']) => {
    const dataFolder = await temporaryFolder();
    const up = await startOwner(dataFolder, path, 'up');
    const lease = await connectForTest(optionsFor(dataFolder, path));
    expect([lease.role, lease.server.pid]).toEqual(['guest', up.started.pid]);
    expect(lease.others.map(({ kind, pid }) => [kind, pid])).toEqual([['up', up.process.pid]]);
    expect((await findRunningServer(dataFolder))?.users).toHaveLength(2);
    expect(await lease.release()).toBe('left running');
    expect(await askHealth(up.started.address)).toBeDefined();
  },
);

testWith(
  [needs.temporalCli],
  'after a kill -9 of its owner the orphan is adopted, and stopped by whom adopted it',
  async ([path = '']) => {
    const dataFolder = await temporaryFolder();
    const dead = await startOwner(dataFolder, path, 'run');
    await kill(dead.process);
    const lease = await connectForTest(optionsFor(dataFolder, path));
    expect([lease.role, lease.server.pid, lease.others]).toEqual(['adopted', dead.started.pid, []]);
    expect(await lease.release()).toBe('stopped');
    expect(await isServing(lease)).toBe(false);
  },
);

testWith(
  [needs.temporalCli],
  'after a kill -9 of everything a new server starts on the same database',
  async ([path = '']) => {
    const dataFolder = await temporaryFolder();
    const dead = await startOwner(dataFolder, path, 'run');
    const before = await askHealth(dead.started.address);
    await kill(dead.process);
    process.kill(dead.started.pid, 'SIGKILL');
    const lease = await connectForTest(optionsFor(dataFolder, path));
    expect(lease.role).toBe('owner');
    expect(lease.server.pid).not.toBe(dead.started.pid);
    expect(lease.server.clusterId).toBe(before?.clusterId);
  },
);

testWith(
  [needs.temporalCli],
  'a server that died under a living user is started again at its ports for all, and the last to leave stops it',
  async ([path = '']) => {
    const options = optionsFor(await temporaryFolder(), path);
    const first = await connectForTest(options);
    const closing = new AbortController();
    const started = new Promise<string>((resolve) => {
      const announce: ConnectOrStartOptions['announce'] = ({ text }) => resolve(text);
      void keepServer({ ...options, announce }, closing.signal);
    });
    process.kill(first.server.pid, 'SIGKILL');
    expect(await started).toContain('started again');
    closing.abort();
    expect((await askHealth(first.server.address))?.clusterId).toBe(first.server.clusterId);

    const running = await readServerRecord(options.dataFolder);
    process.kill(running?.server.pid ?? 0, 'SIGKILL');
    const second = await connectForTest(options);
    expect([second.role, second.server.address]).toEqual(['guest', first.server.address]);
    expect(await first.release()).toBe('left running');
    expect(await second.release()).toBe('stopped');
    expect(await isServing(first)).toBe(false);
  },
);

testWith(
  [needs.temporalCli],
  'a record whose port answers for another database is stale, and that server is left alone',
  async ([path = '']) => {
    const stranger = await connectForTest(optionsFor(await temporaryFolder(), path));
    const dataFolder = await temporaryFolder();
    const record = {
      version: 1,
      server: { pid: process.pid, started: 'another process had this pid', host: hostname() },
      address: stranger.server.address,
      uiUrl: stranger.server.uiUrl,
      clusterId: 'of a database that is gone',
      startedAt: new Date(0).toISOString(),
      users: [],
    };
    await writeFile(join(dataFolder, 'server.json'), JSON.stringify(record));
    expect(await findRunningServer(dataFolder)).toBeUndefined();
    const lease = await connectForTest(optionsFor(dataFolder, path));
    expect(lease.role).toBe('owner');
    expect(lease.server.address).not.toBe(stranger.server.address);
    expect(await askHealth(stranger.server.address)).toBeDefined();
  },
);

test('a folder held by another machine is refused with the way out', async () => {
  const dataFolder = await temporaryFolder();
  const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  onTestFinished(() => void listener.close());
  const record = {
    version: 1,
    server: { pid: 1, started: 'x', host: 'elsewhere' },
    address: '127.0.0.1:1',
    uiUrl: 'http://127.0.0.1:2',
    clusterId: 'c',
    startedAt: '2026-01-02T03:04:05.000Z',
    users: [{ pid: 2, started: 'y', host: 'elsewhere', lease: 'l', kind: 'run' }],
  };
  await writeFile(join(dataFolder, 'server.json'), JSON.stringify(record));
  await expect(connectOrStartServer(optionsFor(dataFolder, '/no/cli'))).rejects.toThrow(
    `${dataFolder} is used by a Graft on another machine, elsewhere (pid 1), since 2026-01-02T03:04:05.000Z. ` +
      `Run there, or, if that machine is gone, delete ${join(dataFolder, 'server.json')}.`,
  );
});

test('a record that is damaged, or points away from this machine, is no server', async () => {
  const dataFolder = await temporaryFolder();
  for (const content of ['{', '[]', '{"version":1,"address":"evil.example:7233"}']) {
    await writeFile(join(dataFolder, 'server.json'), content);
    expect(await findRunningServer(dataFolder)).toBeUndefined();
  }
});

test('a failed start leaves neither a record nor a lock', async () => {
  const dataFolder = await temporaryFolder();
  const missing = connectOrStartServer(optionsFor(dataFolder, join(dataFolder, 'no-cli')));
  await expect(missing).rejects.toThrow(/no-cli could not be started: .*ENOENT/);
  expect(await readdir(dataFolder)).toEqual(['temporal.log']);
  expect(await readFile(join(dataFolder, 'temporal.log'), 'utf8')).toBe('');
});

test("a bucket's server has a folder of its own in the user's data folder", () => {
  const environment = { GRAFT_DATA: resolve('/data') };
  expect(serverFolderOf('file:///srv/store', environment)).toBe(resolve('/srv/store/.temporal'));
  const folders = ['s3://a/x', 's3://a/y'].map((url) => serverFolderOf(url, environment));
  expect(new Set(folders).size).toBe(2);
  expect(folders[0]).toMatch(/servers.[0-9a-f]{16}$/);
});
