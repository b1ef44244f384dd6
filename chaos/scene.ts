import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Client, Connection } from '@temporalio/client';
import { withoutTemporalSettings } from '../infra/environment.js';
import { createFileStore } from '../storage/file-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { StoreKind } from './faults.js';
import { type HarmfulProxy, startHarmfulProxy } from './harmful-proxy.js';
import { type Journal, createJournal } from './journal.js';
import { type MortalServer, startMortalServer } from './mortal-server.js';
import { type SmallDisk, mountSmallDisk } from './small-disk.js';
import { startVersitygw } from './versitygw.js';
import { type WorkerFleet, startWorkerFleet } from './worker-fleet.js';

/** What the processes are made of. */
export interface Tools {
  /** Paths of programs. */
  readonly temporalCli: string;
  readonly versitygw: string | undefined;
  /** Zip or folder of pictures; absent: the built-in sample. */
  readonly source: string | undefined;
  /** Whether the folder of a store may get a file system of its own. */
  readonly mayMount: boolean;
}

/** A store, a Temporal server and workers: all that a run needs, and all that can be harmed. */
export interface Scene {
  readonly server: MortalServer;
  readonly fleet: WorkerFleet;
  readonly client: Client;
  readonly journal: Journal;
  /** The store's files, seen past whatever harms it. */
  readonly backDoor: ObjectStore;
  /** Deletes an object by the front door, as an operator would: servers keep more about it than its file. */
  readonly deleteObject: (key: string) => Promise<void>;
  /** For commands: the store's address, and the environment that reaches it unharmed. */
  readonly store: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Absent where the store is a folder. */
  readonly proxy?: HarmfulProxy;
  /** Absent where nothing could be mounted. */
  readonly disk?: SmallDisk;
  /** Ends everything; resolves with the extractors that had outlived their workers. */
  close(): Promise<readonly number[]>;
}

interface Place extends Pick<
  Scene,
  'backDoor' | 'deleteObject' | 'store' | 'environment' | 'proxy' | 'disk'
> {
  /** What workers see: the harm, too. */
  readonly workerEnvironment: Readonly<Record<string, string>>;
}

type Closer = () => Promise<unknown>;

const BUCKET = 'chaos';

/** Sets up a scene of its own in a temporary folder. What it has begun is ended where it fails. */
export async function openScene(
  kind: StoreKind,
  tools: Tools,
  workers: number,
  signal: AbortSignal,
): Promise<Scene> {
  const closers: Closer[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'graft-chaos-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const server = await startMortalServer(tools.temporalCli, join(folder, 'server'));
    closers.push(() => server.stop());
    const base = {
      ...withoutSettings(process.env),
      ...{ GRAFT_CACHE: join(folder, 'cache'), TEMPORAL_ADDRESS: server.address, NO_COLOR: '1' },
    };
    const place = await (kind === 's3' ? openBucket : openFolder)(folder, tools, base, closers);
    const journal = createJournal();
    const command = {
      ...{ store: place.store, environment: place.workerEnvironment },
      allow: tools.source === undefined ? [] : [dirname(tools.source)],
      onLog: (line: string) => journal.read(line),
    };
    const fleet = await startWorkerFleet(workers, command, signal);
    let orphans: readonly number[] = [];
    closers.push(async () => (orphans = await fleet.close()));
    const connection = await Connection.connect({ address: server.address });
    closers.push(() => connection.close());
    const close = async (): Promise<readonly number[]> => {
      await closeAll();
      return orphans;
    };
    return { ...place, server, fleet, journal, client: new Client({ connection }), close };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openBucket(
  folder: string,
  { versitygw }: Tools,
  base: Readonly<Record<string, string>>,
  closers: Closer[],
): Promise<Place> {
  if (versitygw === undefined) throw new TypeError('expected a path of versitygw for a bucket');
  const gateway = await startVersitygw(versitygw);
  closers.push(() => gateway.stop());
  await gateway.createBucket(BUCKET);
  const proxy = await startHarmfulProxy(gateway.endpoint);
  closers.push(() => proxy.close());
  const keys = {
    ...{ AWS_ACCESS_KEY_ID: gateway.accessKey, AWS_SECRET_ACCESS_KEY: gateway.secretKey },
    ...{ AWS_CONFIG_FILE: join(folder, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') },
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'; // as in storage/s3-client.ts
  const client = new S3Client({
    ...{ endpoint: gateway.endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: gateway.accessKey, secretAccessKey: gateway.secretKey },
  });
  return {
    backDoor: createFileStore(gateway.folderOf(BUCKET)),
    deleteObject: async (Key) => {
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
    },
    store: `s3://${BUCKET}`,
    environment: { ...base, ...keys, GRAFT_S3_ENDPOINT: gateway.endpoint },
    workerEnvironment: { ...base, ...keys, GRAFT_S3_ENDPOINT: proxy.endpoint },
    proxy,
  };
}

async function openFolder(
  folder: string,
  { source, mayMount }: Tools,
  base: Readonly<Record<string, string>>,
  closers: Closer[],
): Promise<Place> {
  const disk = join(folder, 'disk');
  const mounted = mayMount ? await mountSmallDisk(disk, await megabytesFor(source)) : undefined;
  if (mounted !== undefined) closers.push(() => mounted.unmount());
  const root = join(disk, 'store');
  await mkdir(root, { recursive: true });
  const backDoor = createFileStore(root);
  return {
    backDoor,
    deleteObject: (key) => backDoor.delete(key),
    store: root,
    environment: base,
    workerEnvironment: base,
    ...(mounted !== undefined && { disk: mounted }),
  };
}

/** Room for the pictures, their features, and as much again for what is computed twice. */
async function megabytesFor(source: string | undefined): Promise<number> {
  const megabytes = source === undefined ? 16 : (await stat(source)).size / 2 ** 20;
  return Math.ceil(megabytes * 2) + 64;
}

/** The environment without whatever would choose a server, a store or keys. */
function withoutSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(withoutTemporalSettings(environment));
  return Object.fromEntries(kept.filter(([name]) => !/^(AWS|GRAFT)_/.test(name)));
}
