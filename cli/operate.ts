import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import type { Command } from 'commander';
import { createBackboneLookup } from '../backbones/registry.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { BadInput } from '../errors/graft-error.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { hasModel } from '../runs/run-summary.js';
import { pauseUpdate, resumeUpdate, retryUpdate } from '../workflows/messages.js';
import { printAnnouncements } from './announcements.js';
import { engineOption } from './engine-option.js';
import { escapeTerminal } from './escape-terminal.js';
import { EXIT } from './exit-codes.js';
import { followRun } from './follow-run.js';
import { createInterruption, type Interruption } from './interruption.js';
import { type NamedRun, assertOpen, nameRun } from './open-run.js';
import { elsewhere, printSummary } from './print-summary.js';
import { type Session, openSession } from './session.js';
import { startRun } from './start-run.js';
import { storeOption } from './store-option.js';
import { refusedUpdate } from './refused-update.js';

export interface OperateOptions {
  readonly store: string;
  readonly engine: EngineKind;
}

interface RetryOptions extends OperateOptions {
  readonly batch?: readonly string[];
  readonly quarantined?: boolean;
}

/** What a verb works with once the run is found. */
export interface Operation extends NamedRun {
  readonly store: ObjectStore;
  readonly session: Session;
  readonly interruption: Interruption;
  /** The store as it was typed. */
  readonly address: string;
}

/** How a run may be named. */
export const RUN = 'run id, enough of its beginning, workflow id, or last';

export function addRetry(program: Command): void {
  program
    .command('retry')
    .argument('<run>', RUN)
    .description(
      'Run the failed batches of a run again, and no others; of an ended run, all that is missing.',
    )
    .option('--batch <id...>', 'only these failed batches: training-0007')
    .option('--quarantined', 'also try pictures again that crashed an extractor')
    .addOption(storeOption())
    .addOption(engineOption())
    .addHelpText(
      'after',
      `
Examples:
  graft retry last
  graft retry 019f2c --batch training-0007 training-0011
  graft retry 019f2c --quarantined`,
    )
    .action((reference: string, options: RetryOptions) =>
      operate(reference, options, (operation) => retry(operation, options)),
    );
}

export function addResume(program: Command): void {
  program
    .command('resume')
    .argument('<run>', RUN)
    .description('Have a paused run go on.')
    .addOption(storeOption())
    .addOption(engineOption())
    .action((reference: string, options: OperateOptions) => operate(reference, options, resume));
}

export function addPause(program: Command): void {
  program
    .command('pause')
    .argument('<run>', RUN)
    .description('Begin no new batch and no new stage of a run until graft resume; what runs is finished.')
    .option('--reason <text>', 'shown wherever the run is shown')
    .addOption(storeOption())
    .addOption(engineOption())
    .action((reference: string, options: OperateOptions & { readonly reason?: string }) =>
      operate(reference, options, (operation) => pause(operation, options.reason)),
    );
}

export function addCancel(program: Command): void {
  program
    .command('cancel')
    .argument('<run>', RUN)
    .description('End a run; everything that is done stays, and the next run goes on from it.')
    .addOption(storeOption())
    .addOption(engineOption())
    .action((reference: string, options: OperateOptions) => operate(reference, options, cancel));
}

/** Finds a run, with workers that have it go on, and does something to it. */
export async function operate(
  reference: string,
  options: OperateOptions,
  work: (operation: Operation) => Promise<void>,
): Promise<void> {
  const store = await openStore(options.store);
  await store.check();
  const interruption = createInterruption();
  const session = await openSession({
    store,
    kind: 'run',
    engine: options.engine,
    allowedRoots: [],
    announce: printAnnouncements(process.stderr),
    signal: interruption.signal,
  });
  try {
    const named = await nameRun(store, session, reference);
    await work({ ...named, store, session, interruption, address: options.store });
  } finally {
    await session.close();
    interruption.dispose();
  }
}

async function retry(operation: Operation, { batch, quarantined }: RetryOptions): Promise<void> {
  const again = quarantined === true ? await tryQuarantined(operation) : 0;
  const { run, handle, isOpen, session, address } = operation;
  if (isOpen) {
    const request = batch === undefined ? undefined : { batches: batch };
    const { batches } = await refusedUpdate(
      handle.executeUpdate(retryUpdate, { args: [request] }),
      operation,
    );
    write(`Run ${run.runId}: ${batches} failed ${batches === 1 ? 'batch runs' : 'batches run'} again.\n\n`);
    return follow(operation);
  }
  if (batch !== undefined)
    throw new BadInput(
      `Run ${run.runId} has ended, so that its batches cannot be named any more. Without --batch a new run computes what is missing.`,
    );
  if (run.outcome !== undefined && hasModel(run.outcome) && again === 0)
    throw new BadInput(
      `Run ${run.runId} has ended (${run.outcome.status}): nothing of it failed. graft verify ${run.runId}${elsewhere(address)} tells whether all of it is still there.`,
    );
  const started = await startRun(session.client, run.input);
  write(`Run ${run.runId} has ended; a new run computes what is missing: ${started.handle.workflowId}\n\n`);
  return follow({ ...operation, handle: started.handle });
}

/** Has the next run try pictures again that crashed an extractor, and tells how many. */
async function tryQuarantined({ run, isOpen, store, address }: Operation): Promise<number> {
  if (isOpen)
    throw new BadInput(
      `Run ${run.runId} is open and leaves those pictures out to its end. Wait for it, or end it: graft cancel ${run.runId}${elsewhere(address)}`,
    );
  const forgotten = await forgetCrashes(store, run.settings.backbone);
  write(`${forgotten} ${forgotten === 1 ? 'picture is' : 'pictures are'} tried again.\n`);
  return forgotten;
}

/** Pictures of a backbone that crashed an extractor are new again. */
async function forgetCrashes(store: ObjectStore, backbone: string): Promise<number> {
  const { fingerprint } = await createBackboneLookup(store)(backbone);
  let forgotten = 0;
  for await (const { key } of store.list(keys.crashes(fingerprint))) {
    await store.delete(key);
    forgotten++;
  }
  return forgotten;
}

async function resume(operation: Operation): Promise<void> {
  assertOpen(operation, 'resume');
  await refusedUpdate(operation.handle.executeUpdate(resumeUpdate), operation);
  write(`Run ${operation.run.runId} goes on.\n\n`);
  await follow(operation);
}

async function pause(operation: Operation, reason: string | undefined): Promise<void> {
  assertOpen(operation, 'pause');
  const because = await refusedUpdate(
    operation.handle.executeUpdate(pauseUpdate, { args: [reason] }),
    operation,
  );
  const { runId } = operation.run;
  write(
    `Run ${runId} is paused: ${escapeTerminal(because)}. Batches that run are finished.\n` +
      `Go on        graft resume ${runId}${elsewhere(operation.address)}\n`,
  );
}

async function cancel(operation: Operation): Promise<void> {
  assertOpen(operation, 'cancel');
  const { handle, run } = operation;
  await handle.cancel();
  const ended = Promise.race([handle.result(), operation.session.failed, operation.interruption.requested]);
  const how: unknown = await ended.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(how instanceof WorkflowFailedError && how.cause instanceof CancelledFailure)) {
    if (how instanceof Error) throw how;
    write(`The cancellation of run ${run.runId} is asked for; graft status tells how it ended.\n`);
    return;
  }
  write(
    `Run ${run.runId} is cancelled; what it computed is kept.\n` +
      `Go on        graft retry ${run.runId}${elsewhere(operation.address)}\n`,
  );
}

/** Shows the run until it ends or waits for somebody, and then what it came to. */
export async function follow({ handle, store, session, interruption, address }: Operation): Promise<void> {
  const summary = await followRun(handle, {
    ...{ session, interruption, address, store },
    output: process.stdout,
  });
  if (summary === undefined) return;
  printSummary(summary, store, session, process.stdout, address);
  process.exitCode = EXIT.ok;
}

const write = (text: string): void => void process.stdout.write(text);
