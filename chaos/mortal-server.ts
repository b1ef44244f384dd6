import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { graftSearchAttributes } from '../infra/search-attributes.js';
import { type ServerProcess, spawnServer, stopProcess } from '../infra/server-process.js';
import { askHealth } from '../infra/temporal-health.js';

/** A Temporal server that is killed and comes back at the same address with the same database. */
export interface MortalServer {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** SIGKILL, so many seconds of silence, a new start; resolves when it answers. */
  killAndRestart(awaySeconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** Until a server answers, in milliseconds; a busy machine takes its time. */
const READY_MS = 60_000;

/** Starts it on free loopback ports, with its database in `dataFolder`, which is made. */
export async function startMortalServer(cliPath: string, dataFolder: string): Promise<MortalServer> {
  await mkdir(dataFolder, { recursive: true });
  const port = await getPort({ host: '127.0.0.1' });
  const uiPort = await getPort({ host: '127.0.0.1', exclude: [port] });
  const address = `127.0.0.1:${port}`;
  const spawn = (): Promise<ServerProcess> =>
    spawnServer({
      ...{ cliPath, dataFolder, port, uiPort, database: 'file' },
      searchAttributes: graftSearchAttributes,
    });
  let server = await spawn();
  let isStopped = false;
  // It has a session of its own and would outlive this process.
  const kill = (): void => killNow(server);
  process.once('exit', kill);

  const start = async (): Promise<void> => {
    for (const deadline = Date.now() + READY_MS; Date.now() < deadline && !isStopped;) {
      if (server.hasEnded()) server = await spawn(); // its ports or its database were not free yet
      if ((await askHealth(address)) !== undefined) return;
      await sleep(100);
    }
    if (!isStopped)
      throw new Error(`expected Temporal to answer at ${address}; its log is ${server.logFile}`);
  };
  const stop = async (): Promise<void> => {
    isStopped = true;
    process.off('exit', kill);
    await stopProcess(server.identity);
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address,
    async killAndRestart(awaySeconds) {
      killNow(server);
      await stopProcess(server.identity); // until it is gone
      await sleep(awaySeconds * 1_000);
      await start();
    },
    stop,
  };
}

function killNow({ identity }: ServerProcess): void {
  try {
    process.kill(identity.pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
