import {
  type ActivityInterfaceFor,
  CancellationScope,
  log,
  patched,
  proxyActivities,
} from '@temporalio/workflow';
import type { NotifyActivities } from '../activities/notify.js';
import type { Notification, NotificationEvent } from '../notifications/notification.js';
import type { RunOutcome, RunSummary } from '../runs/run-summary.js';
import type { StageName } from '../runs/stages.js';
import { notifying } from './activity-options.js';
import { currentTime } from './clock.js';
import { rootCause } from './failure.js';
import type { ExtractionCounts, Progress, Waiting } from './progress.js';

/** Tells the webhook, where there is one. Nothing of it ever fails or holds up a run for long. */
export interface Notifier {
  /** Tells what the run waits for: each cause once, and none that somebody asked for. */
  waits(waiting: Waiting | undefined): void;
  /** Resolves once it is told, or has been tried often enough. Told even while the run is being cancelled. */
  ended(outcome: RunOutcome): Promise<void>;
}

export interface NotifierOptions {
  readonly workflowId: string;
  /** Another one once Temporal has reset the run: what it tells then is no repetition. */
  readonly executionId: string;
  readonly startedAt: string;
  readonly progress: () => Progress;
  /** Told what could not be delivered and why, for people. */
  readonly onUndelivered: (sentence: string) => void;
}

/** What a run without a webhook does. */
export const silentNotifier: Notifier = { waits: () => undefined, ended: () => Promise.resolve() };

/** @param isWanted by the worker that opened the run; no run of an older Graft is. */
export function createNotifier(isWanted: boolean | undefined, options: NotifierOptions): Notifier {
  if (isWanted !== true || !patched('notify')) return silentNotifier;
  const activities: ActivityInterfaceFor<NotifyActivities> = proxyActivities<NotifyActivities>(notifying);
  let told: Promise<void> = Promise.resolve();
  let number = 0;
  /** What the run is known to wait for. */
  let known: string | undefined;

  /** One after the other: nobody shall hear of a run's end before they hear that it waited. */
  const tell = (notification: Notification): Promise<void> => {
    const { event } = notification;
    const delivery = { id: `${options.executionId}-${++number}`, notification };
    const named = { ...notifying, activityId: `notify-${event}-${number}`, summary: event };
    const send = (): Promise<void> =>
      CancellationScope.nonCancellable(() => activities.notify.executeWithOptions(named, [delivery]));
    told = told.then(send).catch((error: unknown) => {
      const { message } = rootCause(error);
      log.warn('notification not delivered', { event, cause: message });
      options.onUndelivered(`${event} was not delivered: ${message}`);
    });
    return told;
  };

  return {
    waits(waiting) {
      if (waiting?.byHand === true) return;
      const now = waiting && `${waiting.for} ${waiting.because}`;
      if (now === known) return;
      known = now;
      if (waiting !== undefined) void tell(describeWaiting(waiting, options));
    },
    ended: (outcome) => tell(describeEnd(outcome, options)),
  };
}

const WAITING_EVENTS = { resume: 'paused', retry: 'awaiting-retry', approval: 'awaiting-approval' } as const;

function describeWaiting({ for: update, because, model }: Waiting, options: NotifierOptions): Notification {
  const event = WAITING_EVENTS[update];
  return {
    ...describeRun(event, event, options),
    ...stageOf(options.progress()),
    ...(model !== undefined && { model }),
    ...{ because: shorten(because), waitingSince: now() },
  };
}

function describeEnd(outcome: RunOutcome, options: NotifierOptions): Notification {
  if (outcome.status === 'completed' || outcome.status === 'unchanged')
    return {
      ...describeRun('finished', outcome.status, options),
      ...describeModel(outcome),
      finishedAt: now(),
    };
  const { status, cause } = outcome;
  return {
    ...describeRun(status, status, options),
    ...stageOf(options.progress()),
    ...{ failureType: cause.type, because: shorten(cause.message), finishedAt: now() },
  };
}

function describeRun(
  event: NotificationEvent,
  status: Notification['status'],
  { workflowId, startedAt, progress }: NotifierOptions,
): Notification {
  const { runId, dataset, backbone, extraction, planned } = progress();
  return {
    version: 1,
    ...{ event, status, runId, workflowId, dataset, backbone, startedAt },
    counts: countsOf(extraction, planned?.refused),
  };
}

const describeModel = (
  summary: RunSummary,
): Pick<Notification, 'accuracy' | 'positive' | 'model' | 'promotion' | 'sameAs' | 'keys'> => ({
  accuracy: summary.evaluation.accuracy,
  positive: summary.positive,
  model: summary.model,
  ...(summary.promotion !== undefined && { promotion: summary.promotion.decision }),
  ...(summary.status === 'unchanged' && { sameAs: summary.sameAs }),
  keys: summary.keys,
});

const countsOf = (extraction: ExtractionCounts, refusedBefore = 0): Notification['counts'] => ({
  pictures: extraction.images + extraction.reused + refusedBefore,
  reused: extraction.reused,
  computed: extraction.done,
  refused: extraction.refused + refusedBefore,
  failed: extraction.failed,
  batches: extraction.batches,
  failedBatches: extraction.batchesFailed,
});

/** The stage that the run is in, or that it failed in. */
function stageOf({ stages }: Progress): { readonly stage?: StageName } {
  const reached = Object.entries(stages).filter(([, { state }]) => state === 'running' || state === 'failed');
  const [stage] = reached.at(-1) ?? [];
  return stage === undefined ? {} : { stage: stage as StageName };
}

const MOST_CHARACTERS = 1_000;

const shorten = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;

const now = (): string => new Date(currentTime()).toISOString();
