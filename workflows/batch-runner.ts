import {
  type ActivityInterfaceFor,
  ActivityCancellationType,
  type ActivityOptions,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { BatchRequest, ExtractionActivities } from '../activities/extraction.js';
import { type PartName, nameOfWork } from '../features/batch-parts.js';
import type { Timing } from '../runs/run-settings.js';
import { extracting } from './activity-options.js';
import { type CircuitBreaker, isTrouble } from './circuit-breaker.js';
import { type CrashDetails, detailsOfCrash, rootCause } from './failure.js';
import { type ExtractionDelta, emptyDelta, mergeDeltas } from './progress.js';

/** What all batches of a child have in common. */
export type BatchSubject = Omit<BatchRequest, 'batchId' | 'part'>;

export interface BatchRunnerOptions {
  readonly subject: BatchSubject;
  readonly timing: Timing;
  readonly breaker: CircuitBreaker;
  /** Resolves when work may begin. */
  readonly pass: () => Promise<void>;
  /** Stops new work until somebody goes on. */
  readonly trip: (because: string) => void;
}

interface Work {
  readonly batchId: string;
  readonly part: PartName;
  readonly troubles: number;
}

/**
 * Makes what runs one batch to its end: done, or recorded as failed; never thrown but for a cancellation.
 *
 * A batch in which the extractor crashed is halved under new names until the picture is alone that crashes it, which is
 * then quarantined. A batch that failed for want of something that all batches need pauses the run and is tried anew when
 * it goes on; if others succeeded meanwhile, or somebody went on twice, the want was its own, and it has failed.
 */
export function createBatchRunner(
  options: BatchRunnerOptions,
): (batchId: string) => Promise<ExtractionDelta> {
  const { subject, breaker, pass, trip } = options;
  const { round = 0 } = subject;
  const common: ActivityOptions = {
    ...extracting(options.timing),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
  const activities: ActivityInterfaceFor<ExtractionActivities> =
    proxyActivities<ExtractionActivities>(common);
  const named = (verb: string, { batchId, part, troubles }: Work): ActivityOptions => {
    const name = nameOfWork(batchId, { round, troubles }, part);
    return { ...common, activityId: `${verb}-${name}`, summary: name };
  };
  const requestFor = ({ batchId, part }: Work): BatchRequest => ({
    ...subject,
    batchId,
    ...(part !== '' && { part }),
  });

  async function run(work: Work): Promise<ExtractionDelta> {
    await pass();
    try {
      const done = await activities.extractBatch.executeWithOptions(named('extract', work), [
        requestFor(work),
      ]);
      breaker.succeeded();
      const { features, refused, seconds } = done;
      return { ...emptyDelta, done: features, refused, seconds };
    } catch (error) {
      if (isCancellation(error)) throw error;
      const crash = detailsOfCrash(error);
      return crash === undefined ? handleFailure(work, error) : runHalves(work, crash);
    }
  }

  async function runHalves(work: Work, crash: CrashDetails): Promise<ExtractionDelta> {
    // A whole batch shares the extractor with others: even of a single picture the crash may be another's.
    if (crash.images > 1 || work.part === '') {
      const first = await run({ ...work, part: `${work.part}a` });
      return mergeDeltas(first, await run({ ...work, part: `${work.part}b` }));
    }
    const request = { ...requestFor(work), engine: crash.engine };
    try {
      await activities.quarantineCrashed.executeWithOptions(named('quarantine', work), [request]);
    } catch (error) {
      if (isCancellation(error)) throw error;
      return handleFailure(work, error);
    }
    const because = breaker.failed('one picture after the other crashes the extractor');
    if (because !== undefined) trip(because);
    return { ...emptyDelta, refused: 1 };
  }

  async function handleFailure(work: Work, error: unknown): Promise<ExtractionDelta> {
    const { type, message: cause } = rootCause(error);
    const isItsOwn = !isTrouble(type) || work.troubles > 1 || (work.troubles > 0 && breaker.hasSucceeded);
    const recorded = isItsOwn ? await recordFailure(work, cause) : undefined;
    if (recorded === undefined) {
      trip(cause);
      return run({ ...work, troubles: work.troubles + 1 });
    }
    const because = breaker.failed(cause);
    if (because !== undefined) trip(because);
    return recorded;
  }

  /** Undefined where nothing can be recorded now: the store is in trouble. */
  async function recordFailure(work: Work, cause: string): Promise<ExtractionDelta | undefined> {
    const request = { ...requestFor(work), cause };
    try {
      const { images } = await activities.recordFailedBatch.executeWithOptions(named('record-failed', work), [
        request,
      ]);
      return { ...emptyDelta, failed: images, failedBatches: [{ id: work.batchId, images, cause }] };
    } catch (error) {
      if (isCancellation(error)) throw error;
      return undefined;
    }
  }

  return async (batchId) => {
    const delta = await run({ batchId, part: '', troubles: 0 });
    return delta.failedBatches.length > 0 ? failedAsAWhole(delta) : { ...delta, batchesDone: 1 };
  };
}

/** A retry runs the whole batch, so that what its other half did is not counted until then. */
function failedAsAWhole({ done, refused, failed, ...delta }: ExtractionDelta): ExtractionDelta {
  const [first] = delta.failedBatches;
  const images = done + refused + failed;
  return {
    ...{ ...delta, done: 0, refused: 0, failed: images, batchesFailed: 1 },
    failedBatches: first === undefined ? [] : [{ ...first, images }],
  };
}
