import type { WorkflowHandle } from '@temporalio/client';
import type { RunSummary } from '../runs/run-summary.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Progress, Waiting } from '../workflows/progress.js';
import type { transferLearning } from '../workflows/transfer-learning.js';
import { NO_WORKER, PATIENCE_MS } from './await-worker.js';
import { escapeTerminal } from './escape-terminal.js';
import { EXIT } from './exit-codes.js';
import { describeFailedBatches } from './failed-batches.js';
import type { Interruption } from './interruption.js';
import { describeOffer } from './print-offer.js';
import { elsewhere } from './print-summary.js';
import { quoteWord } from './quote-word.js';
import type { Session } from './session.js';
import { chooseProgressView } from './show-progress.js';
import { isAnswered, watchProgress } from './watch-progress.js';

/** What is shown where, and what ends it. */
export interface Following {
  readonly session: Session;
  readonly output: NodeJS.WriteStream;
  readonly interruption: Interruption;
  readonly store: ObjectStore;
  /** The store as it was typed. */
  readonly address: string;
}

/**
 * Shows a run until it ends. Undefined where it has not: Ctrl-C came first, or the run waits for somebody; then what to do
 * has been said and the exit code is set.
 */
export async function followRun(
  handle: WorkflowHandle<typeof transferLearning>,
  { session, output, interruption, store, address }: Following,
): Promise<RunSummary | undefined> {
  const result = session.client.withAbortSignal(session.closing, () => handle.result());
  const stopped = createStop();
  const ended = Promise.race([
    result,
    session.failed,
    interruption.requested.then(() => undefined),
    stopped.promise,
  ]);
  // Before the first progress is shown: a live list leaves no place for it.
  if (!session.embedded && !(await isAnswered(handle, ended, PATIENCE_MS))) output.write(`${NO_WORKER}\n`);
  const updates = stopWhereSomebodyIsNeeded(watchProgress(handle, ended), stopped.resolve);
  const shown = chooseProgressView(output)(updates);
  try {
    const summary = await ended;
    await shown;
    if (summary !== undefined) return summary;
    const stuck = stopped.because();
    output.write(
      stuck === undefined
        ? describeInterruption(handle.workflowId)
        : await describeStuck(stuck, store, address),
    );
    process.exitCode = stuck === undefined ? EXIT.interrupted : EXIT.runFailed;
    return undefined;
  } catch (error) {
    await shown;
    throw error;
  }
}

/** A pause by hand is watched: who asked for it will end it. */
async function* stopWhereSomebodyIsNeeded(
  updates: AsyncIterable<Progress>,
  stop: (progress: StuckProgress) => void,
): AsyncGenerator<Progress> {
  for await (const progress of updates) {
    yield progress;
    const { waiting } = progress;
    if (waiting !== undefined && waiting.byHand !== true) stop({ ...progress, waiting });
  }
}

/** Of a run that does not go on by itself. */
type StuckProgress = Progress & { readonly waiting: Waiting };

function createStop() {
  let because: StuckProgress | undefined;
  let settle: () => void = () => undefined;
  const promise = new Promise<undefined>((resolve) => {
    settle = () => resolve(undefined);
  });
  return {
    promise,
    resolve: (progress: StuckProgress): void => {
      because ??= progress;
      settle();
    },
    because: () => because,
  };
}

const describeInterruption = (workflowId: string): string =>
  `\nStopping; running batches get 10 seconds. A second Ctrl-C exits at once.\n` +
  `The workflow ${workflowId} is kept with all that is done. Resume it with the same command:\n` +
  `  ${['graft', ...process.argv.slice(2)].map(quoteWord).join(' ')}\n`;

async function describeStuck(progress: StuckProgress, store: ObjectStore, address: string): Promise<string> {
  const { runId, waiting } = progress;
  if (waiting.for === 'approval')
    return `
The run awaits approval: ${escapeTerminal(waiting.because)}
${await describeOffer(store, runId, address)}`;
  const [state, verb] = waiting.for === 'resume' ? ['is paused', 'resume'] : ['awaits a retry', 'retry'];
  return (
    `\nThe run ${state}: ${escapeTerminal(waiting.because)}\n${describeFailedBatches(progress)}` +
    `Everything that is done is kept. Remove the cause, then:\n` +
    `  graft ${verb} ${runId}${elsewhere(address)}\n`
  );
}
