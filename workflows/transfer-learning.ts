import { ApplicationFailure, executeChild, proxyActivities } from '@temporalio/workflow';
import type { DatasetActivities } from '../activities/dataset.js';
import type { EvaluationActivities } from '../activities/evaluation.js';
import type { ExtractionPlan, FeatureActivities } from '../activities/features.js';
import type { TrainingActivities } from '../activities/training.js';
import type { Receipt } from '../features/receipt.js';
import type { RunInput } from '../runs/run-input.js';
import type { RunSummary } from '../runs/run-summary.js';
import { computing, moving } from './activity-options.js';
import { currentTime } from './clock.js';
import { extractFeatures } from './extract-features.js';
import * as notes from './notes.js';
import { type FailedBatch, addDelta, secondsPerStage } from './progress.js';
import { type Run, openRun } from './run.js';

/** Labelled pictures in, a tested classifier out. Everything that is not a decision lives in activities. */
export async function transferLearning(input: RunInput): Promise<RunSummary> {
  const run = await openRun(input);
  try {
    return await runStages(run);
  } catch (error) {
    throw await run.fail(error);
  }
}

async function runStages(run: Run): Promise<RunSummary> {
  const { runId, workflowId, settings } = run;
  const { fetchDataset, restructureDataset } = proxyActivities<DatasetActivities>(moving(settings.timing));
  const { planExtraction, writeReceipt, trainHead, evaluateHead, publishRun } = proxyActivities<
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
      return requireAll(
        await writeReceipt({ ...subject, plan, failedBatches: extraction.batchesFailed }),
        failedBatches,
      );
    },
    notes.ofReceipt,
  );

  const head = await run.stage(
    'train',
    () => trainHead({ ...subject, fingerprint: plan.fingerprint, contentHash: receipt.contentHash }),
    notes.ofHead,
  );
  const evaluated = { ...subject, workflowId, fingerprint: plan.fingerprint, model: head.model };
  const evaluation = await run.stage(
    'evaluate',
    () => evaluateHead({ ...evaluated, seconds: secondsPerStage(run.progress()) }),
    notes.ofEvaluation,
  );
  run.tag({ GraftAccuracy: evaluation.headline.accuracy });

  const summary = await run.stage(
    'publish',
    () => publishRun({ ...evaluated, evaluation, receipt }),
    notes.ofPublished,
  );
  run.update((progress) => ({ ...progress, stage: 'completed' }));
  run.tag({ GraftStage: 'completed' });
  return summary;
}

/** Runs the plan's segments one after the other, each in a child of at most 1,000 batches. */
async function extractAll(plan: ExtractionPlan, run: Run): Promise<void> {
  const { fingerprint, images, reused, batches, segments } = plan;
  const { runId, settings } = run;
  run.update((progress) => ({
    ...progress,
    extraction: { ...progress.extraction, images, reused, batches },
  }));
  for (const [number, { key, ranges }] of segments.entries()) {
    const { backbone, window, timing } = settings;
    const untold = await executeChild(extractFeatures, {
      workflowId: `${run.workflowId}-extract-${String(number).padStart(4, '0')}-${runId.slice(0, 8)}`,
      args: [{ runId, planKey: key, ranges, backbone, fingerprint, window, timing }],
    });
    run.update((progress) => addDelta(progress, untold, currentTime()));
  }
}

/** A run that misses an image does not complete: partial failure is never success. */
function requireAll(receipt: Receipt, failed: readonly FailedBatch[]): Receipt {
  if (receipt.missing === 0) return receipt;
  const [first] = failed;
  const example = first === undefined ? '' : ` Batch ${first.id}: ${first.cause}`;
  throw ApplicationFailure.nonRetryable(
    `${receipt.missing} of ${receipt.images} pictures have no features, because ${receipt.failedBatches} of ` +
      `${receipt.batches} batches failed.${example} Remove the cause and run the same command again: only what is ` +
      'missing is computed.',
    'BatchesFailed',
  );
}
