import type { WorkflowHandle } from '@temporalio/client';
import type { RunSummary } from '../runs/run-summary.js';
import type { Progress, Waiting } from '../workflows/progress.js';
import type { transferLearning } from '../workflows/transfer-learning.js';
import { escapeTerminal } from './escape-terminal.js';
import { EXIT } from './exit-codes.js';
import type { Interruption } from './interruption.js';
import { quoteWord } from './quote-word.js';
import type { Session } from './session.js';
import { chooseProgressView } from './show-progress.js';
import { watchProgress } from './watch-progress.js';

/** What is shown where, and what ends it. */
export interface Following {
  readonly session: Session;
  readonly output: NodeJS.WriteStream;
  readonly interruption: Interruption;
}

/**
 * Shows a run until it ends. Undefined where it has not: Ctrl-C came first, or the run waits for somebody; then what to do
 * has been said and the exit code is set.
 */
export async function followRun(
  handle: WorkflowHandle<typeof transferLearning>,
  { session, output, interruption }: Following,
): Promise<RunSummary | undefined> {
  const result = session.client.withAbortSignal(session.closing, () => handle.result());
  const stopped = createStop();
  const ended = Promise.race([
    result,
    session.failed,
    interruption.requested.then(() => undefined),
    stopped.promise,
  ]);
  const updates = stopWhereSomebodyIsNeeded(watchProgress(handle, ended), stopped.resolve);
  const shown = chooseProgressView(output)(updates);
  try {
    const summary = await ended;
    await shown;
    if (summary === undefined) output.write(goodbye(handle.workflowId, stopped.because()));
    if (summary === undefined)
      process.exitCode = stopped.because() === undefined ? EXIT.interrupted : EXIT.runFailed;
    return summary;
  } catch (error) {
    await shown;
    throw error;
  }
}

/** A pause by hand is watched: who asked for it will end it. */
async function* stopWhereSomebodyIsNeeded(
  updates: AsyncIterable<Progress>,
  stop: (waiting: Waiting) => void,
): AsyncGenerator<Progress> {
  for await (const progress of updates) {
    yield progress;
    if (progress.waiting !== undefined && progress.waiting.byHand !== true) stop(progress.waiting);
  }
}

function createStop() {
  let because: Waiting | undefined;
  let settle: () => void = () => undefined;
  const promise = new Promise<undefined>((resolve) => {
    settle = () => resolve(undefined);
  });
  return {
    promise,
    resolve: (waiting: Waiting): void => {
      because ??= waiting;
      settle();
    },
    because: () => because,
  };
}

function goodbye(workflowId: string, waiting: Waiting | undefined): string {
  if (waiting === undefined)
    return (
      `\nStopping; running batches get 10 seconds. A second Ctrl-C exits at once.\n` +
      `The workflow ${workflowId} is kept with all that is done. Resume it with the same command:\n` +
      `  ${typedCommand()}\n`
    );
  const state = waiting.for === 'resume' ? 'is paused' : 'awaits a retry';
  return (
    `\nThe run ${state}: ${escapeTerminal(waiting.because)}\n` +
    `The workflow ${workflowId} is kept with all that is done. Remove the cause and go on with the same command:\n` +
    `  ${typedCommand()}\n`
  );
}

/** The command as it was typed, for copying. */
const typedCommand = (): string => ['graft', ...process.argv.slice(2)].map(quoteWord).join(' ');
