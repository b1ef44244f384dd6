import { Client } from '@temporalio/client';
import type { Command } from 'commander';
import pc from 'picocolors';
import { serverFolderOf } from '../infra/server-folder.js';
import { findRunningServer } from '../infra/server-lock.js';
import { type RecordedRun, hasEnded, listRuns, matchRuns } from '../runs/read-run.js';
import { type PromotionResult, hasModel } from '../runs/run-summary.js';
import { STAGES } from '../runs/stages.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { BadInput } from '../errors/graft-error.js';
import type { Progress } from '../workflows/progress.js';
import { escapeTerminal } from './escape-terminal.js';
import { describeFailedBatches } from './failed-batches.js';
import { describeWaiting, stageLine } from './stage-line.js';
import { askForProgress } from './watch-progress.js';
import { storeOption } from './store-option.js';
import { connectTemporal, environmentProfile, plainProfile } from './temporal-profile.js';

/** What `graft status --json` prints for each run. */
interface RunStatus {
  readonly runId: string;
  readonly workflowId: string;
  readonly dataset: string;
  readonly startedAt: string;
  readonly status: string;
  /** On the evaluation split, of a run that ended well. */
  readonly accuracy?: number;
  /** Name of the model of a run that ended well. */
  readonly model?: string;
  /** What became of that model; of an unchanged run, in the earlier one. */
  readonly promotion?: PromotionResult['decision'];
  /** Id of the run that nothing has changed since. */
  readonly sameAs?: string;
  readonly cause?: string;
  readonly progress?: Progress;
}

const SHOWN = 20;

export function addStatus(program: Command): void {
  program
    .command('status')
    .argument('[run]', 'run id, enough of its beginning, workflow id, or last')
    .description('List the newest runs of a store, or show how far one is.')
    .addOption(storeOption())
    .option('--json', 'print one line of JSON per run')
    .addHelpText(
      'after',
      `
Examples:
  graft status
  graft status 019f2c --json`,
    )
    .action(status);
}

async function status(
  reference: string | undefined,
  options: { store: string; json?: boolean },
): Promise<void> {
  const store = await openStore(options.store);
  const all = await listRuns(store);
  const runs = reference === undefined ? all : matchRuns(all, reference);
  if (reference !== undefined && runs.length === 0) {
    throw new BadInput(`No run ${JSON.stringify(reference)} in ${store.url}. graft status lists the runs.`);
  }
  const shown = await addProgress(runs.slice(-SHOWN), store);
  if (options.json === true) {
    for (const run of shown) process.stdout.write(`${JSON.stringify(run)}\n`);
  } else if (shown.length === 0) {
    process.stdout.write(`No runs in ${store.url} yet. Start one: graft run sample\n`);
  } else {
    for (const run of shown)
      process.stdout.write(describe(run, reference !== undefined || run.progress !== undefined));
  }
}

/** Asks the server about runs without an outcome: running ones tell their progress. */
async function addProgress(runs: readonly RecordedRun[], store: ObjectStore): Promise<readonly RunStatus[]> {
  const open = runs.filter((run) => !hasEnded(run));
  const connected = open.length > 0 ? await connectIfRunning(store) : undefined;
  const statuses = await Promise.all(runs.map((run) => statusOf(run, connected?.client)));
  await connected?.close();
  return statuses;
}

async function connectIfRunning(
  store: ObjectStore,
): Promise<{ client: Client; close(): Promise<void> } | undefined> {
  const running = await findRunningServer(serverFolderOf(store.url));
  const profile = environmentProfile() ?? (running === undefined ? undefined : plainProfile(running.address));
  if (profile === undefined) return undefined;
  const connection = await connectTemporal(profile);
  return {
    client: new Client({ connection, namespace: profile.namespace }),
    close: () => connection.close(),
  };
}

async function statusOf(run: RecordedRun, client: Client | undefined): Promise<RunStatus> {
  const { runId, workflowId, startedAt, outcome, settings } = run;
  const known = { runId, workflowId, dataset: settings.dataset, startedAt };
  if (outcome !== undefined && hasModel(outcome)) {
    const { status, evaluation, model, promotion } = outcome;
    const sameAs = status === 'unchanged' ? { sameAs: outcome.sameAs } : {};
    const became = promotion === undefined ? {} : { promotion: promotion.decision };
    return { ...known, status, accuracy: evaluation.accuracy, model, ...became, ...sameAs };
  }
  if (outcome !== undefined) return { ...known, status: outcome.status, cause: outcome.cause.message };
  const handle = client?.workflow.getHandle(workflowId, runId);
  const description = await handle?.describe().catch(() => undefined);
  if (description === undefined) return { ...known, ...statusWithoutServer(run) };
  const progress = handle === undefined ? undefined : await askForProgress(handle);
  const name = description.status.name.toLowerCase();
  if (progress === undefined)
    return { ...known, status: name === 'running' ? `${name}; no worker answers` : name };
  const status = progress.waiting === undefined ? name : describeWaiting(progress.waiting);
  return { ...known, status, progress };
}

/** What the store alone tells of a run without an outcome. */
function statusWithoutServer({ offer }: RecordedRun): Pick<RunStatus, 'status' | 'accuracy' | 'model'> {
  if (offer === undefined) return { status: 'interrupted; the same command resumes it' };
  const { because, evaluation, model } = offer;
  const status = describeWaiting({ for: 'approval', because });
  return { status, accuracy: evaluation.accuracy, model };
}

function describe(run: RunStatus, inFull: boolean): string {
  const accuracy = run.accuracy === undefined ? '' : `  accuracy ${run.accuracy.toFixed(4)}`;
  // Of an unchanged run it is what the earlier one came to: nothing that this one did.
  const became = run.promotion === undefined || run.sameAs !== undefined ? '' : `, ${run.promotion}`;
  const model = run.model === undefined ? '' : `  model ${run.model.slice(0, 12)}${became}`;
  const head = `${pc.bold(run.runId)}  ${run.startedAt.slice(0, 19).replace('T', ' ')}  ${run.dataset}  ${run.status}${accuracy}${model}\n`;
  if (!inFull) return head;
  const { progress } = run;
  const stages =
    progress === undefined ? [] : STAGES.map((stage) => `  ${stageLine(progress, stage, Date.now())}\n`);
  const cause = run.cause === undefined ? '' : `  ${escapeTerminal(run.cause)}\n`;
  const sameAs = run.sameAs === undefined ? '' : `  nothing had changed since run ${run.sameAs}\n`;
  const failed = progress === undefined ? '' : describeFailedBatches(progress);
  return `${head}${pc.dim(`  workflow ${run.workflowId}`)}\n${stages.join('')}${failed}${sameAs}${cause}`;
}
