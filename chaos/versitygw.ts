import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';

/** A real S3 server on a free loopback port, with its own temporary folder. */
export interface Versitygw {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  createBucket(name: string): Promise<void>;
  /** Where the objects of a bucket lie as files. */
  folderOf(bucket: string): string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const ACCESS_KEY = 'graft-test';
const SECRET_KEY = 'graft-test-secret';

/** Starts versitygw over a folder and waits until it answers. */
export async function startVersitygw(binary: string): Promise<Versitygw> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-s3-'));
  const port = await getPort({ host: '127.0.0.1' });
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await launch(binary, folder, port);
  const stop = async (): Promise<void> => {
    const ended = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined;
    server.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilAnswering(endpoint, server);
  } catch (error) {
    await stop();
    throw error;
  }
  // To versitygw a bucket is a folder.
  const folderOf = (bucket: string): string => join(folder, 'data', bucket);
  return {
    endpoint,
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
    createBucket: (name) => mkdir(folderOf(name)),
    folderOf,
    stop,
  };
}
/** Metadata goes to a sidecar folder: not every temporary folder has extended attributes. */
async function launch(binary: string, folder: string, port: number): Promise<ChildProcess> {
  const [data, sidecar] = [join(folder, 'data'), join(folder, 'sidecar')];
  await mkdir(data);
  await mkdir(sidecar);
  const server = spawn(
    binary,
    ['--port', `127.0.0.1:${port}`, '--quiet', '--keep-alive', 'posix', '--sidecar', sidecar, data],
    {
      env: { ...process.env, ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: SECRET_KEY },
      stdio: 'ignore',
    },
  );
  const kill = (): void => void server.kill('SIGKILL');
  process.once('exit', kill);
  server.once('exit', () => process.off('exit', kill));
  await once(server, 'spawn');
  return server;
}

async function untilAnswering(endpoint: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (server.exitCode !== null) throw new Error(`versitygw ended with exit code ${server.exitCode}.`);
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await sleep(50);
  }
  throw new Error(`versitygw did not answer at ${endpoint}.`);
}
