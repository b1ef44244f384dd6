import {
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { type SearchAttributeUpdatePair, defineSearchAttributeKey } from '@temporalio/common';
import type { RunActivities } from '../activities/run.js';
import type { RunInput } from '../runs/run-input.js';
import type { RunSettings } from '../runs/run-settings.js';
import type { RunSummary } from '../runs/run-summary.js';
import type { StageName } from '../runs/stages.js';
import { opening } from './activity-options.js';
import { type Approvals, handleApprovals } from './approvals.js';
import { currentTime } from './clock.js';
import { failureOf, rootCause } from './failure.js';
import { type Gate, type Pause, createGate } from './gate.js';
import { extractionSignal, progressQuery } from './messages.js';
import { createNotifier, silentNotifier } from './notifier.js';
import { handlePauses } from './pauses.js';
import {
  type Progress,
  type Waiting,
  addDelta,
  endStage,
  endWell,
  forgetFailed,
  isOver,
  openProgress,
  restartPace,
  startStage,
} from './progress.js';
import { describeProgress, extractionSpeed } from './progress-details.js';
import { type Retries, handleRetries } from './retries.js';

/** What the stages of a run share. */
export interface Run {
  readonly runId: string;
  readonly workflowId: string;
  readonly settings: RunSettings;
  /** What is waited at before anything new begins. */
  readonly gate: Gate;
  /** Failed batches, and those of them that are to run again. */
  readonly retries: Retries;
  /** Asks people about the model. */
  readonly approvals: Approvals;
  /** Has `tell` called at every change of the pause from now on, and now where it is newer than `known`; until stopped. */
  tellPauses(tell: (pause: Pause) => Promise<void>, known: number): () => void;
  /** Shows and tells what the run waits for besides `resume`, or that it no longer does. */
  waitFor(waiting: Waiting | undefined): void;
  /** Runs one stage once the run is not paused: timed, shown, and its note kept for people. */
  stage<Result>(
    name: StageName,
    work: () => Promise<Result>,
    note: (result: Result) => string,
  ): Promise<Result>;
  /** Changes what the `progress` query tells. */
  update(change: (progress: Progress) => Progress): void;
  /** Sets those search attributes that the server knows. */
  tag(attributes: Readonly<Record<string, string | number>>): void;
  /** What the `progress` query tells now. */
  progress(): Progress;
  /** Shows and tells that the run ended well, and gives its result back. */
  end(summary: RunSummary): Promise<RunSummary>;
  /** Records how the run failed and gives the failure to throw. */
  fail(error: unknown): Promise<Error>;
}

const { openRun: validateAndRecord, closeRun } = proxyActivities<RunActivities>(opening);

/**
 * Opens a run: answers queries from the first moment, has the input validated and recorded by an activity, and keeps
 * progress, details and search attributes true from then on.
 */
export async function openRun(input: RunInput): Promise<Run> {
  const { workflowId, firstExecutionRunId: runId, runId: executionId, runStartTime } = workflowInfo();
  let progress = openProgress(runId, nameOf(input), '');
  const tellProgress = (): Progress => ({
    ...progress,
    extraction: { ...progress.extraction, ...extractionSpeed(progress, currentTime()) },
  });
  setHandler(progressQuery, tellProgress, {
    description: 'Stage, counts, speed, failed batches, and what the run waits for.',
  });

  const show = (next: Progress): void => {
    progress = next;
    setCurrentDetails(describeProgress(progress, currentTime()));
  };
  let tag: Run['tag'] = () => undefined;
  let notifier = silentNotifier;
  let awaited: Waiting | undefined;
  /** A run that is paused waits for `resume` first. */
  const showWaiting = (): void => {
    const waiting = waitingFor(gate.pause, awaited);
    const { waiting: before, ...rest } = progress;
    if (waiting === undefined && before === undefined) return;
    show(waiting === undefined ? restartPace(rest, currentTime()) : { ...rest, waiting });
    tag({ GraftStage: stageTag(progress) });
    notifier.waits(waiting);
  };

  const gate = createGate({ number: 0 });
  const listeners = new Set<(pause: Pause) => Promise<void>>();
  const tellPause = (tell: (pause: Pause) => Promise<void>): void =>
    void tell(gate.pause).catch(() => undefined); // a child that has just ended has nothing to pause
  handlePauses({
    gate,
    hasEnded: () => isOver(progress.stage),
    onChange: () => {
      showWaiting();
      for (const tell of listeners) tellPause(tell);
    },
  });
  const approvals = handleApprovals(() => isOver(progress.stage));
  const retries = handleRetries((again, left) => show(forgetFailed(progress, again, left)));
  setHandler(extractionSignal, (delta) => {
    retries.failed.add(retries.segment, delta.failedBatches);
    show(addDelta(progress, delta, currentTime()));
  });

  const startedAt = runStartTime.toISOString();
  const opened = await validateAndRecord({ runId, workflowId, startedAt, input }).catch((error: unknown) => {
    throw failureOf(error);
  });
  const { settings, searchAttributes: known } = opened;
  show({ ...progress, dataset: settings.dataset, backbone: settings.backbone });

  tag = (attributes) => {
    const kept = Object.entries(attributes).filter(([name]) => known.includes(name));
    if (kept.length > 0) upsertSearchAttributes(kept.map(([name, value]) => pairOf(name, value)));
  };
  tag({ GraftDataset: settings.dataset, GraftBackbone: settings.backbone });
  notifier = createNotifier(opened.notifies, {
    ...{ workflowId, executionId, startedAt },
    progress: () => progress,
    onUndelivered: (undelivered) => show({ ...progress, undelivered }),
  });

  return {
    runId,
    workflowId,
    settings,
    gate,
    retries,
    approvals,
    tellPauses(tell, known) {
      listeners.add(tell);
      if (gate.pause.number > known) tellPause(tell);
      return () => listeners.delete(tell);
    },
    waitFor(waiting) {
      awaited = waiting;
      showWaiting();
    },
    tag,
    update: (change) => show(change(progress)),
    progress: () => progress,
    async stage(name, work, note) {
      await gate.pass();
      show(startStage(progress, name, currentTime()));
      tag({ GraftStage: name });
      const result = await work();
      show(endStage(progress, name, { state: 'done', at: currentTime(), note: note(result) }));
      log.info('stage done', { stage: name, note: note(result) });
      return result;
    },
    async end(summary) {
      show(endWell(progress, summary));
      tag({ GraftStage: summary.status });
      await notifier.ended(summary);
      return summary;
    },
    async fail(error) {
      retries.close(); // its last words may take a while, and nobody would run what was asked for
      const status = isCancellation(error) ? 'cancelled' : 'failed';
      const { stage, waiting, ...others } = progress;
      if (waiting !== undefined) show({ ...others, stage });
      if (!isOver(stage)) {
        show({ ...endStage(progress, stage, { state: 'failed', at: currentTime() }), stage: 'failed' });
      }
      tag({ GraftStage: status });
      const cause = rootCause(error);
      const closed = { runId, workflowId, status, cause } as const;
      // Recorded even while the run is being cancelled; the run's own failure matters more than a failure to record it.
      await CancellationScope.nonCancellable(() => closeRun(closed)).catch((recording: unknown) =>
        log.warn('outcome not recorded', { cause: rootCause(recording).message }),
      );
      await notifier.ended(closed);
      return isCancellation(error) && error instanceof Error ? error : failureOf(error);
    },
  };
}

const waitingFor = ({ because, byHand }: Pause, awaited: Waiting | undefined): Waiting | undefined =>
  because === undefined ? awaited : { for: 'resume', because, ...(byHand && { byHand }) };

/** What `GraftStage` says: `temporal workflow list --query 'GraftStage = "awaiting-retry"'`. */
const stageTag = ({ stage, waiting }: Progress): string =>
  waiting === undefined ? stage : WAITING_TAGS[waiting.for];

const WAITING_TAGS = { resume: 'paused', retry: 'awaiting-retry', approval: 'awaiting-approval' } as const;

/** Numbers are Double attributes, texts Keyword ones. */
function pairOf(name: string, value: string | number): SearchAttributeUpdatePair {
  return typeof value === 'number'
    ? { key: defineSearchAttributeKey(name, 'DOUBLE'), value }
    : { key: defineSearchAttributeKey(name, 'KEYWORD'), value };
}

/** The input is not validated yet: whatever it is, the query must answer. */
function nameOf(input: unknown): string {
  const dataset =
    typeof input === 'object' && input !== null && 'dataset' in input ? input.dataset : undefined;
  return typeof dataset === 'string' ? dataset.slice(0, 63) : '?';
}
