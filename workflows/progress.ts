import type { ReasonCounts } from '../features/plan-reasons.js';
import type { Prediction } from '../planning/speed.js';
import type { RunSummary } from '../runs/run-summary.js';
import type { StageName } from '../runs/stages.js';
import { STAGES } from '../runs/stages.js';

/** `skipped`: the run ended well without it. */
export type StageState = 'waiting' | 'running' | 'done' | 'failed' | 'skipped';

/** How a run ended; `failed` also where it was cancelled. */
export type RunEnd = RunSummary['status'] | 'failed';

export interface StageProgress {
  readonly state: StageState;
  /** Milliseconds since 1970, by Temporal's clock. */
  readonly startedAt?: number;
  readonly seconds?: number;
  /** One line for people: `1,480 pictures, 2 quarantined`. */
  readonly note?: string;
}

/** A batch that used up its retries. */
export interface FailedBatch {
  readonly id: string;
  /** That have no features because of it. */
  readonly images: number;
  readonly cause: string;
}

/** What a run waits for, and why. */
export interface Waiting {
  readonly for: 'resume' | 'retry' | 'approval';
  readonly because: string;
  /** Of `approval`: name of the model, `models/<model>/`. */
  readonly model?: string;
  /** Somebody paused it; absent where the run found trouble itself. */
  readonly byHand?: true;
}

/** Extraction, counted in distinct images and in batches. */
export interface ExtractionCounts {
  readonly images: number;
  readonly reused: number;
  readonly done: number;
  readonly refused: number;
  readonly failed: number;
  readonly batches: number;
  readonly batchesDone: number;
  readonly batchesFailed: number;
  /** Of the last messages, and what is left at that speed; absent before the first batch. */
  readonly imagesPerSecond?: number;
  readonly secondsLeft?: number;
  /** Seconds summed over batches: reading from the store, decoding (over threads), inference, writing. */
  readonly seconds: {
    readonly read: number;
    readonly decode: number;
    readonly inference: number;
    readonly write: number;
  };
}

/** How many pictures were through at a moment. */
export interface PaceMark {
  /** Milliseconds since 1970, by Temporal's clock. */
  readonly at: number;
  readonly pictures: number;
  /** The run had waited for somebody until then: what lies before tells nothing about its speed. */
  readonly afresh?: true;
}

/** The answer of the `progress` query; its size does not grow with the data. */
export interface Progress {
  readonly runId: string;
  readonly dataset: string;
  readonly backbone: string;
  readonly stage: StageName | RunEnd;
  /** Absent where it gets on: somebody has to send the update `resume`, `retryFailedBatches`, or one of `approve` and `reject`. */
  readonly waiting?: Waiting;
  readonly stages: Readonly<Record<StageName, StageProgress>>;
  readonly extraction: ExtractionCounts;
  /** Why images are computed, and how long that was expected to take; absent before the plan. */
  readonly planned?: {
    readonly reasons?: ReasonCounts;
    /** Distinct images that an earlier run refused; no part of `extraction`. */
    readonly refused?: number;
    readonly predicted?: Prediction;
  };
  /** The last 10 messages of extraction: what the present speed is taken from. Empty before extraction. */
  readonly pace: readonly PaceMark[];
  /** The first 20. */
  readonly failedBatches: readonly FailedBatch[];
  /** What the webhook could not be told at last, and why. */
  readonly undelivered?: string;
}

/** What a child tells its parent, at most 50 times: everything since its last message. */
export interface ExtractionDelta {
  readonly done: number;
  readonly refused: number;
  readonly failed: number;
  readonly batchesDone: number;
  readonly batchesFailed: number;
  readonly seconds: ExtractionCounts['seconds'];
  /** All of them; one that failed in two halves stands there twice. */
  readonly failedBatches: readonly FailedBatch[];
}

const NO_SECONDS = { read: 0, decode: 0, inference: 0, write: 0 };

/** How many failed batches queries and details name. */
export const EXAMPLES = 20;

export const emptyDelta: ExtractionDelta = {
  done: 0,
  refused: 0,
  failed: 0,
  batchesDone: 0,
  batchesFailed: 0,
  seconds: NO_SECONDS,
  failedBatches: [],
};

/** Progress of a run that has not begun. */
export function openProgress(runId: string, dataset: string, backbone: string): Progress {
  return {
    runId,
    dataset,
    backbone,
    stage: 'fetch',
    stages: Object.fromEntries(STAGES.map((stage) => [stage, { state: 'waiting' }])) as Record<
      StageName,
      StageProgress
    >,
    extraction: { images: 0, reused: 0, batches: 0, ...countsOf(emptyDelta) },
    pace: [],
    failedBatches: [],
  };
}

export function startStage(progress: Progress, stage: StageName, startedAt: number): Progress {
  return {
    ...progress,
    stage,
    stages: { ...progress.stages, [stage]: { state: 'running', startedAt } },
    pace: stage === 'extract' ? [{ at: startedAt, pictures: 0 }] : progress.pace,
  };
}

export function endStage(
  progress: Progress,
  stage: StageName,
  end: { readonly state: 'done' | 'failed'; readonly at: number; readonly note?: string },
): Progress {
  const startedAt = progress.stages[stage].startedAt ?? end.at;
  const ended = {
    state: end.state,
    startedAt,
    seconds: (end.at - startedAt) / 1_000,
    ...(end.note !== undefined && { note: end.note }),
  };
  return { ...progress, stages: { ...progress.stages, [stage]: ended } };
}

/** Whether a run has ended, but for its last words. */
export const isOver = (stage: Progress['stage']): stage is RunEnd =>
  stage === 'completed' || stage === 'unchanged' || stage === 'failed';

/** Progress of a run that ended well; stages that it did not need say since when nothing has changed. */
export function endWell(progress: Progress, summary: RunSummary): Progress {
  const ended = { ...progress, stage: summary.status };
  if (summary.status === 'completed') return ended;
  const skipped = { state: 'skipped', note: `unchanged since run ${summary.sameAs}` } as const;
  const stages = STAGES.map((stage) => {
    const reached = progress.stages[stage];
    return [stage, reached.state === 'waiting' ? skipped : reached] as const;
  });
  return { ...ended, stages: Object.fromEntries(stages) as Progress['stages'] };
}

/** How many of the last messages tell the present speed: enough to be steady, few enough to forget an interruption. */
const PACE_MARKS = 10;

/** Adds a child's message, which came at `at` (milliseconds since 1970), to the parent's counts. */
export function addDelta(progress: Progress, delta: ExtractionDelta, at: number): Progress {
  const { extraction, failedBatches } = progress;
  const sum = mergeDeltas({ ...countsOf(extraction), failedBatches }, delta);
  return {
    ...progress,
    extraction: { ...extraction, ...countsOf(sum) },
    pace: [...progress.pace, { at, pictures: sum.done + sum.refused }].slice(-PACE_MARKS),
    failedBatches: sum.failedBatches.slice(0, EXAMPLES),
  };
}

/** Begins to measure the speed anew at `at` (milliseconds since 1970), when a run goes on that had waited for somebody. */
export function restartPace(progress: Progress, at: number): Progress {
  const { extraction, pace, stage } = progress;
  if (stage !== 'extract') return progress;
  const mark = { at, pictures: extraction.done + extraction.refused, afresh: true } as const;
  return { ...progress, pace: [...pace, mark].slice(-PACE_MARKS) };
}

/** Takes failed batches that are run again out of the counts; `left` are those that stay failed. */
export function forgetFailed(
  progress: Progress,
  again: readonly FailedBatch[],
  left: readonly FailedBatch[],
): Progress {
  const { extraction } = progress;
  const images = again.reduce((sum, batch) => sum + batch.images, 0);
  return {
    ...progress,
    extraction: {
      ...extraction,
      failed: extraction.failed - images,
      batchesFailed: extraction.batchesFailed - again.length,
    },
    failedBatches: left.slice(0, EXAMPLES),
  };
}

export function mergeDeltas(a: ExtractionDelta, b: ExtractionDelta): ExtractionDelta {
  return {
    done: a.done + b.done,
    refused: a.refused + b.refused,
    failed: a.failed + b.failed,
    batchesDone: a.batchesDone + b.batchesDone,
    batchesFailed: a.batchesFailed + b.batchesFailed,
    seconds: {
      read: a.seconds.read + b.seconds.read,
      decode: a.seconds.decode + b.seconds.decode,
      inference: a.seconds.inference + b.seconds.inference,
      write: a.seconds.write + b.seconds.write,
    },
    failedBatches: [...a.failedBatches, ...b.failedBatches],
  };
}

function countsOf(counts: Omit<ExtractionDelta, 'failedBatches'>): Omit<ExtractionDelta, 'failedBatches'> {
  const { done, refused, failed, batchesDone, batchesFailed, seconds } = counts;
  return { done, refused, failed, batchesDone, batchesFailed, seconds };
}

/** Wall seconds of the stages that are over. */
export function secondsPerStage(progress: Progress): Readonly<Record<string, number>> {
  return Object.fromEntries(
    STAGES.flatMap((stage) => {
      const { seconds } = progress.stages[stage];
      return seconds === undefined ? [] : [[stage, seconds]];
    }),
  );
}
