import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  patched,
  proxyActivities,
} from '@temporalio/workflow';
import type { CheckActivities, CheckRequest, CheckedData } from '../activities/checks.js';
import type { DatasetActivities } from '../activities/dataset.js';
import type { EvaluationActivities } from '../activities/evaluation.js';
import type { FeatureActivities } from '../activities/features.js';
import type { TrainingActivities } from '../activities/training.js';
import type { UnchangedActivities, UnchangedRequest } from '../activities/unchanged.js';
import type { Receipt } from '../features/receipt.js';
import type { RunInput } from '../runs/run-input.js';
import type { RunSummary, UnchangedRun } from '../runs/run-summary.js';
import { computing, moving } from './activity-options.js';
import { extractAll } from './extract-all.js';
import { measureSpeed } from './measured-speed.js';
import * as notes from './notes.js';
import { type FailedBatch, secondsPerStage } from './progress.js';
import { publish } from './publish.js';
import { type Run, openRun } from './run.js';

/** Labelled pictures in, a tested classifier out. Everything that is not a decision lives in activities. */
export async function transferLearning(input: RunInput): Promise<RunSummary> {
  const run = await openRun(input);
  try {
    const summary = await runStages(run);
    // The outcome is written: a cancellation comes too late.
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    return summary;
  } catch (error) {
    throw await run.fail(error);
  }
}

async function runStages(run: Run): Promise<RunSummary> {
  const { runId, workflowId, settings } = run;
  const { fetchDataset, restructureDataset } = proxyActivities<DatasetActivities>(moving(settings.timing));
  const { planExtraction, writeReceipt, trainHead, evaluateHead } = proxyActivities<
    FeatureActivities & TrainingActivities & EvaluationActivities
  >(computing(settings.timing));

  await run.stage('fetch', () => fetchDataset({ settings }), notes.ofSource);
  const dataset = await run.stage('restructure', () => restructureDataset({ settings }), notes.ofDataset);
  const subject = { runId, settings, version: dataset.version };

  const plan = await run.stage('plan', () => planExtraction(subject), notes.ofPlan);
  const receipt = await run.stage(
    'extract',
    async () => {
      await extractAll(plan, run);
      const { extraction, failedBatches } = run.progress();
      const counted = { plan, failedBatches: extraction.batchesFailed, ...measureSpeed(run.progress()) };
      return requireAll(await writeReceipt({ ...subject, ...counted }), failedBatches);
    },
    notes.ofReceipt,
  );

  const { fingerprint } = plan;
  const unchanged = await endUnchanged(run, { ...subject, workflowId, fingerprint, receipt });
  if (unchanged !== undefined) return run.end(unchanged);

  const head = await run.stage(
    'train',
    () => trainHead({ ...subject, fingerprint, contentHash: receipt.contentHash }),
    notes.ofHead,
  );
  const evaluated = { ...subject, workflowId, fingerprint, model: head.model };
  let checks: CheckedData | undefined;
  const evaluation = await run.stage(
    'evaluate',
    async () => {
      checks = await checkDataOf(run, evaluated);
      return evaluateHead({
        ...evaluated,
        seconds: { ...secondsPerStage(run.progress()), ...secondsOf(checks) },
      });
    },
    (done) => notes.ofEvaluation(done, checks),
  );
  run.tag({ GraftAccuracy: evaluation.headline.accuracy });

  const summary = await run.stage(
    'publish',
    () => publish(run, { ...evaluated, evaluation, receipt, ...(checks !== undefined && { checks }) }),
    notes.ofPublished,
  );
  return run.end(summary);
}

/** Undefined where the run has to go on; runs that began before this was asked go on, too. */
async function endUnchanged(run: Run, request: UnchangedRequest): Promise<UnchangedRun | undefined> {
  if (!patched('unchanged')) return undefined;
  const { endIfUnchanged } = proxyActivities<UnchangedActivities>(computing(run.settings.timing));
  await run.gate.pass();
  const unchanged = await endIfUnchanged(request);
  if (unchanged !== undefined) run.tag({ GraftAccuracy: unchanged.evaluation.accuracy });
  return unchanged;
}

/** Undefined where nobody looks; runs that reached their evaluation before this was asked go on without. */
async function checkDataOf(run: Run, request: CheckRequest): Promise<CheckedData | undefined> {
  if (!patched('checks') || run.settings.checks?.enabled !== true) return undefined;
  const { checkData } = proxyActivities<CheckActivities>(computing(run.settings.timing));
  const { runId, settings, version, fingerprint } = request;
  return checkData({ runId, settings, version, fingerprint });
}

const secondsOf = (checks: CheckedData | undefined): Record<string, number> =>
  checks === undefined ? {} : { checks: checks.seconds };

/** A run that misses an image does not complete: partial failure is never success. */
function requireAll(receipt: Receipt, failed: readonly FailedBatch[]): Receipt {
  if (receipt.missing === 0) return receipt;
  throw ApplicationFailure.nonRetryable(
    `${receipt.missing} of ${receipt.images} pictures have no features, ${whyMissing(receipt, failed)} ` +
      'Remove the cause and run the same command again: only what is missing is computed.',
    'BatchesFailed',
  );
}

function whyMissing({ batches, failedBatches }: Receipt, [first]: readonly FailedBatch[]): string {
  if (failedBatches === 0)
    return 'though no batch failed: shards were damaged or deleted while the run went on.';
  const example = first === undefined ? '' : ` Batch ${first.id}: ${first.cause}`;
  return `because ${failedBatches} of ${batches} batches failed.${example}`;
}
