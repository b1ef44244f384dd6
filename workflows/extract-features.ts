import {
  ApplicationFailure,
  getExternalWorkflowHandle,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Sha256 } from '../dataset/dataset.js';
import { type BatchRange, batchIdsOf } from '../features/batch.js';
import type { Timing } from '../runs/run-settings.js';
import { createBatchRunner } from './batch-runner.js';
import { createCircuitBreaker } from './circuit-breaker.js';
import { currentTime } from './clock.js';
import { type Pause, createGate } from './gate.js';
import { messagesPerChild } from './message-budget.js';
import { extractionSignal, pauseSignal, troubleSignal } from './messages.js';
import { type ExtractionDelta, emptyDelta, mergeDeltas } from './progress.js';

/** One plan segment, or what failed of it: at most 1,000 batches, so that a history stays below 10,000 events. */
export interface ExtractFeaturesInput {
  readonly runId: string;
  /** Key of the plan segment in the object store. */
  readonly planKey: string;
  /** Which batches it holds: consecutive numbers per split. */
  readonly ranges: readonly BatchRange[];
  /** Which of them to run. Default: all. */
  readonly only?: readonly string[];
  /** The how-manieth retry. Default 0: none. */
  readonly round?: number;
  readonly backbone: string;
  /** Of the backbone that the run was planned with; absent in runs that an older Graft began. */
  readonly fingerprint?: Sha256;
  /** Pictures of this fingerprint have crashed an extractor: look out for them. */
  readonly mayHaveCrashed?: boolean;
  /** Batches in flight. */
  readonly window: number;
  readonly timing: Timing;
  /** The run as it was when this child began; absent in runs that an older Graft began. */
  readonly run?: {
    readonly batches: number;
    readonly batchesFailed: number;
    readonly pause: Pause;
    /** Nobody would resume it: what would pause it fails it. */
    readonly failsOnTrouble?: true;
    /** The most messages to send. */
    readonly messages: number;
  };
}

/** At most one message in so long: each costs three workflow tasks, and people do not read faster. */
const MESSAGE_PAUSE_MS = 1_000;

/**
 * Child of `transferLearning`: runs the batches of one plan segment, a window of them in flight, and pauses where the
 * parent or its own circuit breaker says so. Tells the parent what is done as it goes, and returns what it has not told
 * yet.
 */
export async function extractFeatures(input: ExtractFeaturesInput): Promise<ExtractionDelta> {
  const batchIds = input.only ?? input.ranges.flatMap(batchIdsOf);
  const { runId, planKey, backbone, fingerprint, round, mayHaveCrashed, run } = input;
  const gate = createGate(run?.pause ?? { number: 0 });
  const breaker = createCircuitBreaker(run?.batches ?? batchIds.length, run?.batchesFailed ?? 0);
  const tellParent = openParent();
  /** A message on its way when this workflow ends would never arrive. */
  let telling: Promise<void> | undefined;
  setHandler(pauseSignal, (pause) => {
    const wasPaused = gate.isClosed();
    gate.set(pause);
    if (wasPaused && !gate.isClosed()) breaker.reset();
  });

  const runBatch = createBatchRunner({
    subject: {
      runId,
      planKey,
      backbone,
      ...(fingerprint !== undefined && { fingerprint }),
      ...(round !== undefined && { round }),
      ...(mayHaveCrashed !== undefined && { mayHaveCrashed }),
    },
    timing: input.timing,
    breaker,
    pass: () => gate.pass(),
    trip: (because) => {
      if (run?.failsOnTrouble === true) throw stopped(because);
      if (gate.isClosed()) return;
      gate.set({ number: gate.pause.number, because });
      telling = tellParent?.((parent) => parent.signal(troubleSignal, because)).catch(() => undefined);
    },
  });
  const reporter = createReporter(
    tellParent,
    Math.ceil(batchIds.length / (run?.messages ?? messagesPerChild(1))),
  );
  const queue = batchIds.values();
  // The last batch goes home with the result: a message just before it would only hold that up.
  const endsQuietly = patched('quiet-end');
  let left = batchIds.length;
  const lanes = Array.from({ length: Math.min(input.window, batchIds.length) }, async () => {
    for (const batchId of queue) {
      const delta = await runBatch(batchId);
      await reporter.add(delta, --left === 0 && endsQuietly);
    }
  });
  await Promise.all(lanes);
  await telling;
  return reporter.rest();
}

/** Thrown by the batch that met the trouble; it ends the child, and the others with it. */
const stopped = (because: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(
    `Extraction stopped: ${because.replace(/\.$/, '')}. Remove the cause and run again: only what is missing is computed.`,
    'BatchesFailed',
  );

type Parent = ReturnType<typeof getExternalWorkflowHandle>;
type TellParent = (tell: (parent: Parent) => Promise<void>) => Promise<void>;

/** Undefined where this workflow was started by itself. */
function openParent(): TellParent | undefined {
  const { parent } = workflowInfo();
  return parent && ((tell) => tell(getExternalWorkflowHandle(parent.workflowId, parent.runId)));
}

/** Gathers what the batches did and signals it to the parent: after at least `every` batches and a pause. */
function createReporter(
  tellParent: TellParent | undefined,
  every: number,
): { add(delta: ExtractionDelta, quietly: boolean): Promise<void>; rest(): ExtractionDelta } {
  let untold = emptyDelta;
  let lastTold = currentTime();
  const isDue = (): boolean =>
    untold.batchesDone + untold.batchesFailed >= every && currentTime() - lastTold >= MESSAGE_PAUSE_MS;
  const add = async (delta: ExtractionDelta, quietly: boolean): Promise<void> => {
    untold = mergeDeltas(untold, delta);
    if (quietly || tellParent === undefined || !isDue()) return;
    const message = untold;
    untold = emptyDelta;
    lastTold = currentTime();
    await tellParent((parent) => parent.signal(extractionSignal, message));
  };
  return { add, rest: () => untold };
}
