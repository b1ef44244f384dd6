import { Context, type Info, asyncLocalStorage } from '@temporalio/activity';
import { type Logger, noopMetricMeter } from '@temporalio/common';

/** What an activity runs in, without a server: see {@link openActivityContext}. */
export interface ActivityContext {
  /** Details of every heartbeat, in order. */
  readonly heartbeats: readonly unknown[];
  /** Runs an activity as a worker would. */
  run<Result>(activity: () => Promise<Result>): Promise<Result>;
  /** Cancels the activity, as a server or a worker's shutdown would. */
  cancel(reason: Error): void;
}

/** A context that records heartbeats. `heartbeatTimeoutMs` defaults to 30 s, so that no timer interferes; `attempt` to the first. */
export function openActivityContext({ heartbeatTimeoutMs = 30_000, attempt = 1 } = {}): ActivityContext {
  const heartbeats: unknown[] = [];
  const cancellation = new AbortController();
  const cancelled = new Promise<never>((_, reject) => {
    cancellation.signal.addEventListener('abort', () => reject(cancellation.signal.reason as Error));
  });
  cancelled.catch(() => undefined);
  const context = new Context(
    { ...INFO, heartbeatTimeoutMs, attempt } as Info,
    cancelled,
    cancellation.signal,
    (details) => heartbeats.push(details),
    undefined,
    SILENT,
    noopMetricMeter,
    {},
  );
  return {
    heartbeats,
    run: (activity) => asyncLocalStorage.run(context, activity),
    cancel: (reason) => cancellation.abort(reason),
  };
}

/** Runs an activity of which neither heartbeats nor cancellation matter. */
export const runActivity = <Result>(activity: () => Promise<Result>): Promise<Result> =>
  openActivityContext().run(activity);

const INFO: Omit<Info, 'activityNamespace'> = {
  taskToken: new Uint8Array(),
  base64TaskToken: '',
  activityId: 'activity-under-test',
  activityType: 'activityUnderTest',
  namespace: 'default',
  attempt: 1,
  isLocal: false,
  inWorkflow: true,
  scheduledTimestampMs: 0,
  scheduleToCloseTimeoutMs: 0,
  startToCloseTimeoutMs: 60_000,
  currentAttemptScheduledTimestampMs: 0,
  heartbeatDetails: undefined,
  taskQueue: 'graft',
};

const silence = (): void => undefined;
const SILENT: Logger = {
  log: silence,
  trace: silence,
  debug: silence,
  info: silence,
  warn: silence,
  error: silence,
};
