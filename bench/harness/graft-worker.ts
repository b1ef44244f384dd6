import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { findTemporalCli } from '../../infra/temporal-cli.js';
import { startTemporalServer } from '../../infra/temporal-server.js';
import { packageRoot } from '../../runs/package-root.js';
import { withChildren } from './process-usage.js';

/** A `graft worker` as an operator runs it, beside a Temporal server of its own. */
export interface GraftWorker {
  readonly client: Client;
  /** The server, the worker, and the extractor process while there is one. */
  readonly pids: () => readonly number[];
  readonly close: () => Promise<void>;
}

/**
 * Starts server and worker.
 *
 * @param folder existing; the store is its `store`, and sources may lie anywhere in it.
 */
export async function startGraftWorker(folder: string): Promise<GraftWorker> {
  const server = await startTemporalServer({
    cli: await findTemporalCli({ announce: ({ text }) => console.error(text) }),
    dataFolder: join(folder, 'server'),
    database: 'memory',
    announce: () => undefined,
  });
  const worker = spawnWorker(server.address, folder);
  await Promise.race([once(worker.stdout ?? worker, 'data'), once(worker, 'exit')]);
  const connection = await Connection.connect({ address: server.address });
  return {
    client: new Client({ connection }),
    pids: () => [server.pid, ...withChildren(worker.pid ?? Number.NaN)],
    close: async () => {
      worker.kill();
      await connection.close();
      await server.stop();
    },
  };
}

function spawnWorker(address: string, folder: string): ChildProcess {
  const graft = join(packageRoot, 'bin/graft.js');
  // The other side of a pair may take a minute: the extractor process is to be there when its turn comes.
  const options = ['--store', join(folder, 'store'), '--allow', folder, '--idle', '3600'];
  return spawn(process.execPath, [graft, 'worker', ...options], {
    env: { ...process.env, TEMPORAL_ADDRESS: address },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
