import { Client, Connection } from '@temporalio/client';
import { createServer } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, onTestFinished } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { askHealth } from '../../infra/temporal-health.js';
import {
  type EmbeddedServer,
  startTemporalServer,
  type StartTemporalServerOptions,
} from '../../infra/temporal-server.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function startForTest(
  options: Partial<StartTemporalServerOptions> & { readonly path: string; readonly dataFolder: string },
): Promise<EmbeddedServer> {
  const server = await startTemporalServer({
    announce: () => undefined,
    cli: { path: options.path },
    ...options,
  });
  onTestFinished(() => server.stop());
  return server;
}

async function clientOf(address: string): Promise<Client> {
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  return new Client({ connection });
}

async function listenSomewhere(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  onTestFinished(() => void listener.close());
  const address = listener.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

testWith([needs.temporalCli], 'the shared server of the tests knows the search attributes', async () => {
  const client = await clientOf(inject('temporalAddress'));
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
    namespace: 'default',
  });
  expect(Object.keys(customAttributes)).toEqual(
    expect.arrayContaining(['GraftAccuracy', 'GraftBackbone', 'GraftDataset', 'GraftStage']),
  );
});

testWith(
  [needs.temporalCli],
  'a server started again on its database keeps the histories and the cluster',
  async ([path = '']) => {
    const dataFolder = await temporaryFolder();
    const first = await startForTest({ path, dataFolder });
    const before = await clientOf(first.address);
    await before.workflow.start('waits', { taskQueue: 'nobody', workflowId: 'kept', args: [{ n: 1 }] });
    await first.stop();
    expect(await askHealth(first.address)).toBeUndefined();

    const second = await startForTest({ path, dataFolder });
    const after = await clientOf(second.address);
    const { status, type } = await after.workflow.getHandle('kept').describe();
    expect([status.name, type]).toEqual(['RUNNING', 'waits']);
    expect(second.clusterId).toBe(first.clusterId);
  },
);

testWith(
  [needs.temporalCli],
  'no TEMPORAL_* variable and no settings file reaches the server',
  async ([path = '']) => {
    const dataFolder = await temporaryFolder();
    process.env['TEMPORAL_NAMESPACE'] = 'not-ours';
    onTestFinished(() => {
      delete process.env['TEMPORAL_NAMESPACE'];
    });
    const server = await startForTest({ path, dataFolder, database: 'memory' });
    const page = await fetch(server.uiUrl);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<html')]);
    if (process.platform === 'linux') {
      const environment = await readFile(`/proc/${server.pid}/environ`, 'utf8');
      expect(environment).not.toContain('not-ours');
    }
  },
);

testWith(
  [needs.temporalCli],
  'a demanded port that is taken gets one sentence that names its holder',
  async ([path = '']) => {
    const dataFolder = await temporaryFolder();
    const uiPort = await listenSomewhere();
    const failure = await startForTest({ path, dataFolder, uiPort }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BadInput);
    const holder = process.platform === 'linux' ? `(pid ${process.pid})` : '';
    expect((failure as BadInput).message).toContain(holder);
    expect((failure as BadInput).message).toMatch(
      new RegExp(`^--ui-port: expected a free port, but .* listens on ${uiPort}\\. Stop it, or leave`),
    );
  },
);

testWith([needs.temporalCli], 'a port that is no port is bad input', async ([path = '']) => {
  const dataFolder = await temporaryFolder();
  await expect(startForTest({ path, dataFolder, port: 80 })).rejects.toThrow(
    '--port: expected a port from 1024 to 65535, received 80.',
  );
});

testWith(
  [needs.temporalCli],
  'a database that another server has open is waited for until it is closed',
  async ([path = '']) => {
    const dataFolder = await temporaryFolder();
    const first = await startForTest({ path, dataFolder });
    const announced: string[] = [];
    const second = startForTest({
      path,
      dataFolder,
      announce: ({ text }) => {
        announced.push(text);
        void first.stop();
      },
    });
    expect((await second).clusterId).toBe(first.clusterId);
    expect(announced).toEqual(["Waiting for Temporal's database to be closed"]);
  },
);

testWith(
  [needs.temporalCli],
  'an aborted start leaves no server and keeps the reason',
  async ([path = '']) => {
    const dataFolder = await temporaryFolder();
    const reason = new Error('Ctrl-C');
    const abort = new AbortController();
    const starting = startForTest({ path, dataFolder, signal: abort.signal });
    setTimeout(() => abort.abort(reason), 60);
    await expect(starting).rejects.toBe(reason);
    // The database is free: the next start need not wait for it.
    const announced: string[] = [];
    const next = await startTemporalServer({
      cli: { path },
      dataFolder,
      announce: ({ text }) => announced.push(text),
    });
    onTestFinished(() => next.stop());
    expect(announced).toEqual([]);
  },
);

testWith(
  [needs.temporalCli],
  'a program that is no server fails with its own last words',
  async ([path = '']) => {
    const dataFolder = await temporaryFolder();
    await expect(
      startForTest({ path, dataFolder, searchAttributes: { Broken: 'Nonsense' as 'Text' } }),
    ).rejects.toThrow(/ended at once; its log is .*temporal\.log and ends with:\n.*Nonsense/s);
    expect(await readFile(join(dataFolder, 'temporal.log'), 'utf8')).toContain('Nonsense');
  },
);
