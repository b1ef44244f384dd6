import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { openStore } from '../storage/open-store.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { BadInput } from '../errors/graft-error.js';
import { printAnnouncements } from './announcements.js';
import { engineOption } from './engine-option.js';
import { createInterruption } from './interruption.js';
import { openSession } from './session.js';
import { storeOption } from './store-option.js';
import { tuneOption } from './tune-option.js';
import { environmentProfile } from './temporal-profile.js';

interface UpOptions {
  readonly store: string;
  readonly engine: EngineKind;
  readonly allow: readonly string[];
  readonly tune?: boolean;
  readonly port?: number;
  readonly uiPort?: number;
}

export function addUp(program: Command): void {
  program
    .command('up')
    .description(
      'Start a Temporal server with Web UI and workers on this machine, and keep them up until Ctrl-C.',
    )
    .addOption(storeOption())
    .addOption(engineOption())
    .option(
      '--allow <folder...>',
      'further folders that local sources may lie in (the current one always may)',
      [],
    )
    .addOption(tuneOption())
    .option('--port <number>', 'port of the Temporal server (default: a free one)', parsePort)
    .option('--ui-port <number>', 'port of the Web UI (default: 8233 if free)', parsePort)
    .addHelpText(
      'after',
      `
Examples:
  graft up
  graft up --store s3://pictures/graft --ui-port 9000
  graft up --allow /data/pictures`,
    )
    .action(up);
}

async function up({ store: address, engine, allow, tune, port, uiPort }: UpOptions): Promise<void> {
  if (environmentProfile() !== undefined) {
    throw new BadInput(
      'graft up starts a server of its own, but the environment names one (TEMPORAL_ADDRESS or a profile). Unset it, or serve that server with graft worker.',
    );
  }
  const store = await openStore(address);
  await store.check();
  const interruption = createInterruption();
  const session = await openSession({
    store,
    kind: 'up',
    engine,
    allowedRoots: allow.map((folder) => resolve(folder)),
    announce: printAnnouncements(process.stderr),
    tune,
    signal: interruption.signal,
    port,
    uiPort,
  });
  try {
    process.stdout.write(
      `Temporal     ${session.server}\nTemporal UI  ${session.uiUrl ?? ''}\nStore        ${store.url}\n\n` +
        'Start runs with graft run, in another terminal. Ctrl-C ends server and workers.\n',
    );
    await Promise.race([interruption.requested, session.failed]);
    process.stdout.write('\nStopping; running batches get 10 seconds. A second Ctrl-C exits at once.\n');
  } finally {
    await session.close();
    interruption.dispose();
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError(`Expected a port from 1 to 65535, received "${text}".`);
}
