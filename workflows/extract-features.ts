import {
  type ActivityInterfaceFor,
  ActivityCancellationType,
  type ActivityOptions,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { ExtractionActivities } from '../activities/extraction.js';
import type { Sha256 } from '../dataset/dataset.js';
import { type BatchRange, batchIdsOf } from '../features/batch.js';
import type { Timing } from '../runs/run-settings.js';
import { extracting } from './activity-options.js';
import { currentTime } from './clock.js';
import { rootCause } from './failure.js';
import { extractionSignal } from './messages.js';
import { type ExtractionDelta, emptyDelta, mergeDeltas } from './progress.js';

/** One plan segment: at most 1,000 batches, so that a history stays below 10,000 events. */
export interface ExtractFeaturesInput {
  readonly runId: string;
  /** Key of the plan segment in the object store. */
  readonly planKey: string;
  /** Which batches it holds: consecutive numbers per split. */
  readonly ranges: readonly BatchRange[];
  readonly backbone: string;
  /** Of the backbone that the run was planned with; absent in runs that an older Graft began. */
  readonly fingerprint?: Sha256;
  /** Batches in flight. */
  readonly window: number;
  readonly timing: Timing;
}

/** At most so many messages to the parent, so that its history stays small whatever the number of batches. */
const MESSAGES = 50;
/** And at most one in so long: each costs three workflow tasks, and people do not read faster. */
const MESSAGE_PAUSE_MS = 1_000;

/**
 * Child of `transferLearning`: runs the batches of one plan segment, a window of them in flight. Tells the parent what is
 * done as it goes, and returns what it has not told yet.
 */
export async function extractFeatures(input: ExtractFeaturesInput): Promise<ExtractionDelta> {
  const batchIds = input.ranges.flatMap(batchIdsOf);
  const extractOne = createBatchRunner(input);
  const reporter = createReporter(Math.ceil(batchIds.length / MESSAGES));
  const queue = batchIds.values();
  const lanes = Array.from({ length: Math.min(input.window, batchIds.length) }, async () => {
    for (const batchId of queue) await reporter.add(await extractOne(batchId));
  });
  await Promise.all(lanes);
  return reporter.rest();
}

/** Runs one batch at a time; a failure that retries could not cure is recorded and counted, and stops no other batch. */
function createBatchRunner(input: ExtractFeaturesInput): (batchId: string) => Promise<ExtractionDelta> {
  const options: ActivityOptions = {
    ...extracting(input.timing),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
  const activities: ActivityInterfaceFor<ExtractionActivities> =
    proxyActivities<ExtractionActivities>(options);
  const { runId, planKey, backbone, fingerprint } = input;
  return async (batchId) => {
    const batch = { runId, planKey, batchId, backbone, ...(fingerprint !== undefined && { fingerprint }) };
    const named = (verb: string): ActivityOptions => ({
      ...options,
      activityId: `${verb}-${batchId}`,
      summary: batchId,
    });
    try {
      const result = await activities.extractBatch.executeWithOptions(named('extract'), [batch]);
      return {
        ...emptyDelta,
        done: result.features,
        refused: result.refused,
        batchesDone: 1,
        seconds: result.seconds,
      };
    } catch (error) {
      if (isCancellation(error)) throw error;
      const { message: cause } = rootCause(error);
      const { images } = await activities.recordFailedBatch.executeWithOptions(named('record-failed'), [
        { ...batch, cause },
      ]);
      return { ...emptyDelta, failed: images, batchesFailed: 1, failedBatches: [{ id: batchId, cause }] };
    }
  };
}

/** Gathers what the batches did and signals it to the parent: after at least `every` batches and a pause. */
function createReporter(every: number): {
  add(delta: ExtractionDelta): Promise<void>;
  rest(): ExtractionDelta;
} {
  const { parent } = workflowInfo();
  let untold = emptyDelta;
  let lastTold = currentTime();
  const isDue = (): boolean =>
    untold.batchesDone + untold.batchesFailed >= every && currentTime() - lastTold >= MESSAGE_PAUSE_MS;
  const add = async (delta: ExtractionDelta): Promise<void> => {
    untold = mergeDeltas(untold, delta);
    if (parent === undefined || !isDue()) return;
    const message = untold;
    untold = emptyDelta;
    lastTold = currentTime();
    await getExternalWorkflowHandle(parent.workflowId, parent.runId).signal(extractionSignal, message);
  };
  return { add, rest: () => untold };
}
