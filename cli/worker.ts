import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { requireEngine } from '../engines/choice/require-engine.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { readWebhookSettings } from '../notifications/webhook-settings.js';
import { graftVersion } from '../runs/graft-version.js';
import { openStore } from '../storage/open-store.js';
import { createLogger, installRuntime } from '../workers/runtime.js';
import { listSearchAttributes, registrationCommand } from '../workers/search-attributes.js';
import { IDLE_SECONDS, type WorkerRole, startWorkers } from '../workers/start-workers.js';
import { printAnnouncements } from './announcements.js';
import { connectTemporal, environmentProfile, plainProfile } from './temporal-profile.js';
import { engineOption } from './engine-option.js';
import { parsePositiveCount } from './parse-count.js';
import { storeOption } from './store-option.js';
import { tuneOption } from './tune-option.js';

interface WorkerCommandOptions {
  readonly store: string;
  readonly role: WorkerRole;
  readonly engine: EngineKind;
  readonly allow: readonly string[];
  readonly tune?: boolean;
  readonly idle?: number;
  readonly deployment?: string;
  readonly buildId: string;
}

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('Serve task queues of a Temporal server: for clusters, containers and GPU machines.')
    .addOption(storeOption())
    .addOption(
      new Option(
        '--role <role>',
        'pipeline: workflows and everything but extraction; extract: extraction only',
      )
        .choices(['pipeline', 'extract', 'all'])
        .default('all'),
    )
    .addOption(engineOption())
    .option('--allow <folder...>', 'local folders that sources may lie in', [])
    .addOption(tuneOption())
    .option(
      '--idle <seconds>',
      `end a network's process, and free its memory, after so long without a batch (default ${IDLE_SECONDS})`,
      parsePositiveCount,
    )
    .option(
      '--deployment <name>',
      'be a version of this Temporal worker deployment: runs end with the version they began with',
    )
    .option('--build-id <id>', 'which version', graftVersion)
    .addHelpText(
      'after',
      `
Examples:
  TEMPORAL_ADDRESS=temporal:7233 graft worker --store s3://pictures/graft
  TEMPORAL_ADDRESS=temporal:7233 graft worker --store s3://pictures/graft --role extract --engine onnx-cuda
  TEMPORAL_ADDRESS=temporal:7233 graft worker --store s3://pictures/graft --deployment graft --build-id 2026-11-24`,
    )
    .action(runWorker);
}

async function runWorker(options: WorkerCommandOptions): Promise<void> {
  if (options.role !== 'pipeline') requireEngine(options.engine);
  const webhook = readWebhookSettings(process.env);
  const store = await openStore(options.store);
  await store.check();
  const profile = environmentProfile() ?? plainProfile('127.0.0.1:7233');
  const connection = await connectTemporal(profile);
  const missing = registrationCommand(
    await listSearchAttributes(connection, profile.namespace),
    profile.namespace,
  );
  if (missing !== undefined)
    process.stderr.write(`The server lacks search attributes of Graft; register them with\n  ${missing}\n`);
  await connection.close();

  installRuntime(createLogger());
  const workers = await startWorkers({
    connection: profile.connection,
    namespace: profile.namespace,
    store,
    role: options.role,
    engine: options.engine,
    allowedRoots: () => Promise.resolve(options.allow.map((folder) => resolve(folder))),
    cacheFolder: cacheFolder(),
    idleSeconds: options.idle,
    webhook,
    ...(options.deployment !== undefined && {
      deployment: { deploymentName: options.deployment, buildId: options.buildId },
    }),
    ...(options.tune === true && { tune: printAnnouncements(process.stderr) }),
  });
  process.stdout.write(
    `graft worker (${options.role}) serves ${profile.address}, namespace ${profile.namespace}, store ${store.url}\n`,
  );
  if (webhook !== undefined) process.stdout.write(`It tells ${webhook.url.origin} how runs end.\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void workers.shutdown());
  await workers.stopped;
}
