import type { ActivityOptions } from '@temporalio/workflow';
import { EXTRACT_QUEUE, PIPELINE_QUEUE } from '../runs/task-queues.js';
import type { Timing } from '../runs/run-settings.js';

/**
 * Errors say themselves whether a retry can help (`nonRetryable`), so the policies only say how often and how fast: the
 * pause doubles up to a minute, because a store that is down for longer than that is a matter of patience, not of speed.
 */
const retryOf = (timing: Timing): NonNullable<ActivityOptions['retry']> => ({
  initialInterval: timing.retrySeconds * 1_000,
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
  maximumAttempts: timing.maxAttempts,
});

/** Validating and recording the input: one small write. A minute covers a store that answers slowly; nothing to heartbeat. */
export const opening: ActivityOptions = {
  taskQueue: PIPELINE_QUEUE,
  startToCloseTimeout: '1 minute',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '10 seconds',
    maximumAttempts: 5,
  },
};

/**
 * Fetching and restructuring move every byte of the data set: a day covers a terabyte at 12 MB/s. What catches a dead
 * worker is the heartbeat, sent as files go by.
 */
export const moving = (timing: Timing): ActivityOptions => ({
  taskQueue: PIPELINE_QUEUE,
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: timing.heartbeatSeconds * 1_000,
  retry: retryOf(timing),
});

/**
 * Planning, training, evaluating, publishing: minutes for a million pictures, hours for the largest fits on slow
 * machines. They heartbeat on a timer of their own while the work goes on off the event loop.
 */
export const computing = (timing: Timing): ActivityOptions => ({
  taskQueue: PIPELINE_QUEUE,
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: timing.heartbeatSeconds * 1_000,
  retry: retryOf(timing),
});

/**
 * Telling a webhook: one request of at most 10 s, a few times. Half a minute in all, because the end of a run waits for it,
 * and a receiver that is down for longer can ask for the run's status.
 */
export const notifying: ActivityOptions = {
  taskQueue: PIPELINE_QUEUE,
  startToCloseTimeout: '15 seconds',
  scheduleToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 4 },
};

/**
 * One batch: 64 pictures take half a second on two cores, a thousand through VGG16 on one slow core 10 minutes; an hour is
 * beyond any batch that still makes progress. The heartbeat follows progress only, so a stuck decoder is found as fast as
 * a dead worker.
 */
export const extracting = (timing: Timing): ActivityOptions => ({
  taskQueue: EXTRACT_QUEUE,
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: timing.heartbeatSeconds * 1_000,
  retry: retryOf(timing),
});
