import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startTemporalServer } from '../../infra/temporal-server.js';
import { needs } from './needs.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `inject('temporalAddress')`: the server that all Temporal tests share; empty where there is no Temporal CLI. */
    temporalAddress: string;
  }
}

/** Vitest's global set-up: one server in memory for the whole run, on free ports, stopped at its end. */
export default async function shareTemporalServer(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  const { path } = needs.temporalCli();
  if (path === undefined) {
    project.provide('temporalAddress', '');
    return undefined;
  }
  const dataFolder = await mkdtemp(join(tmpdir(), 'graft-test-temporal-'));
  const server = await startTemporalServer({
    cli: { path },
    dataFolder,
    database: 'memory',
    announce: () => undefined,
  });
  project.provide('temporalAddress', server.address);
  return async () => {
    await server.stop();
    await rm(dataFolder, { recursive: true, force: true });
  };
}
