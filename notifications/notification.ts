import type { PromotionResult, RunSummary } from '../runs/run-summary.js';
import type { StageName } from '../runs/stages.js';

/** What a webhook is told of: a run has ended, or does not go on by itself. */
export type NotificationEvent =
  'finished' | 'failed' | 'cancelled' | 'awaiting-retry' | 'awaiting-approval' | 'paused';

/**
 * The body of a webhook's request: references and counts, never a credential. Fields are only ever added within one
 * `version`; one that does not apply to an event is absent.
 */
export interface Notification {
  readonly version: 1;
  readonly event: NotificationEvent;
  readonly runId: string;
  readonly workflowId: string;
  readonly dataset: string;
  readonly backbone: string;
  /** Says of `finished` whether the run trained. */
  readonly status: RunSummary['status'] | Exclude<NotificationEvent, 'finished'>;
  /** Where the run waits, or where it ended without success. */
  readonly stage?: StageName;
  /** Type of the failure: `BatchesFailed`. */
  readonly failureType?: string;
  /** Why it waits, or why it ended without success: a sentence or two, at most 1,000 characters. */
  readonly because?: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Of a run that has ended. */
  readonly finishedAt?: string;
  /** Of a run that waits. */
  readonly waitingSince?: string;
  /** In distinct pictures of the index, and in batches; `refused` by this run or an earlier one. */
  readonly counts: {
    readonly pictures: number;
    readonly reused: number;
    readonly computed: number;
    readonly refused: number;
    readonly failed: number;
    readonly batches: number;
    readonly failedBatches: number;
  };
  /** On the evaluation split. */
  readonly accuracy?: number;
  /** The class that binary metrics are about. */
  readonly positive?: string;
  /** Name of the model, also of one that awaits approval: `models/<model>/`. */
  readonly model?: string;
  /** What became of it; of an unchanged run, in the earlier one. */
  readonly promotion?: PromotionResult['decision'];
  /** Id of the run that nothing has changed since. */
  readonly sameAs?: string;
  /** Of metrics, receipt and report, in the object store. */
  readonly keys?: RunSummary['keys'];
}

/** One notification and what it is called: every attempt to deliver it carries the same name. */
export interface Delivery {
  readonly id: string;
  readonly notification: Notification;
}
