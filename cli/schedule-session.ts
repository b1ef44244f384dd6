import { Client } from '@temporalio/client';
import { serverFolderOf } from '../infra/server-folder.js';
import { connectOrStartServer } from '../infra/server-lock.js';
import { findTemporalCli } from '../infra/temporal-cli.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { printAnnouncements } from './announcements.js';
import { createInterruption } from './interruption.js';
import { connectTemporal, environmentProfile, plainProfile } from './temporal-profile.js';

/** What a verb about schedules works with. No workers: whatever a schedule starts is the affair of those that serve it. */
export interface ScheduleSession {
  readonly client: Client;
  readonly store: ObjectStore;
  /** `named`: by the environment; `up`: of a `graft up`; `ending`: Graft's own, which stops when its commands have ended. */
  readonly server: 'named' | 'up' | 'ending';
}

/** Connects to the server of a store, or to the one that the environment names, and gives it back after `work`. */
export async function withSchedules(
  address: string,
  work: (session: ScheduleSession) => Promise<void>,
): Promise<void> {
  const store = await openStore(address);
  const profile = environmentProfile();
  if (profile === undefined) return withOwnServer(store, work);
  const connection = await connectTemporal(profile);
  try {
    await work({ client: new Client({ connection, namespace: profile.namespace }), store, server: 'named' });
  } finally {
    await connection.close();
  }
}

async function withOwnServer(
  store: ObjectStore,
  work: (session: ScheduleSession) => Promise<void>,
): Promise<void> {
  await store.check();
  const interruption = createInterruption();
  const { signal } = interruption;
  const announce = printAnnouncements(process.stderr);
  const lease = await connectOrStartServer({
    dataFolder: serverFolderOf(store.url),
    kind: 'run',
    announce,
    signal,
    findCli: () => findTemporalCli({ announce, signal }),
  });
  try {
    const { address, namespace, connection: options } = plainProfile(lease.server.address);
    const connection = await connectTemporal({ address, namespace, connection: options });
    try {
      const server = lease.others.some(({ kind }) => kind === 'up') ? 'up' : 'ending';
      await work({ client: new Client({ connection, namespace }), store, server });
    } finally {
      await connection.close();
    }
  } finally {
    await lease.release();
    interruption.dispose();
  }
}

/** What else it takes for runs to start, as a line of its own; empty where a `graft up` sees to it. */
export function describeServing({ server }: Pick<ScheduleSession, 'server'>): string {
  if (server === 'up') return '';
  if (server === 'named') return 'Runs are done by the graft workers that serve this server.\n';
  return 'It runs only while graft up, or a server of your own with graft worker, is up: none is now.\n';
}
