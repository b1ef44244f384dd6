import { condition, startChild } from '@temporalio/workflow';
import type { ExtractionPlan } from '../activities/features.js';
import { currentTime } from './clock.js';
import { extractFeatures } from './extract-features.js';
import { messagesPerChild } from './message-budget.js';
import { pauseSignal } from './messages.js';
import { addDelta } from './progress.js';
import type { Run } from './run.js';

/** Batches of one segment, and whether they failed before. */
interface Pass {
  readonly segment: number;
  readonly only?: readonly string[];
  readonly round?: number;
}

/**
 * Runs the plan's segments one after the other, each in a child of at most 1,000 batches; then, as often as somebody asks
 * for it, what failed of them. Returns where nothing has failed, or where the run was told not to wait.
 */
export async function extractAll(plan: ExtractionPlan, run: Run): Promise<void> {
  const { images, reused, batches, segments, refused, reasons, predicted } = plan;
  run.update((progress) => ({
    ...progress,
    extraction: { ...progress.extraction, images, reused, batches },
    ...(reasons !== undefined && {
      planned: {
        reasons,
        ...(refused !== undefined && { refused }),
        ...(predicted !== undefined && { predicted }),
      },
    }),
  }));
  for (const segment of segments.keys()) await runChild(plan, run, { segment });
  for (let round = 1; await isRetryAsked(run); round++)
    for (const [segment, failed] of run.retries.take())
      await runChild(plan, run, { segment, round, only: failed.map(({ id }) => id) });
  run.retries.close();
}

/** Waits for a retry where batches have failed and the run may wait. */
async function isRetryAsked(run: Run): Promise<boolean> {
  if (run.retries.isAsked) return true;
  const { count } = run.retries.failed;
  if (count === 0 || run.settings.onFailedBatches !== 'wait') return false;
  run.waitFor({ for: 'retry', because: describeFailure(run) });
  await condition(() => run.retries.isAsked);
  run.waitFor(undefined);
  return true;
}

function describeFailure({ retries }: Run): string {
  const [first] = retries.failed.all();
  const { count } = retries.failed;
  return `${count} failed ${count === 1 ? 'batch' : 'batches'}; ${first?.id ?? ''}: ${first?.cause ?? ''}`;
}

async function runChild(plan: ExtractionPlan, run: Run, { segment, only, round }: Pass): Promise<void> {
  const { runId, workflowId, settings } = run;
  const { backbone, window, timing } = settings;
  const planned = plan.segments[segment];
  if (planned === undefined) throw new RangeError(`The plan has no segment ${segment}.`);
  const { batchesFailed } = run.progress().extraction;
  const { pause } = run.gate;
  const messages = messagesPerChild(plan.segments.length);
  const name = `${String(segment).padStart(4, '0')}${round === undefined ? '' : `-r${round}`}`;
  run.retries.segment = segment; // before the child can tell anything
  const child = await startChild(extractFeatures, {
    workflowId: `${workflowId}-extract-${name}-${runId.slice(0, 8)}`,
    args: [
      {
        ...{ runId, planKey: planned.key, ranges: planned.ranges, backbone, window, timing },
        fingerprint: plan.fingerprint,
        ...(only !== undefined && { only }),
        ...(round !== undefined && { round }),
        ...((plan.mayHaveCrashed === true || round !== undefined) && { mayHaveCrashed: true }),
        run: {
          ...{ batches: plan.batches, batchesFailed, pause, messages },
          ...(settings.onFailedBatches === 'fail' && { failsOnTrouble: true as const }),
        },
      },
    ],
  });
  const stopTelling = run.tellPauses((next) => child.signal(pauseSignal, next), pause.number);
  try {
    const untold = await child.result();
    run.retries.failed.add(segment, untold.failedBatches);
    run.update((progress) => addDelta(progress, untold, currentTime()));
  } finally {
    stopTelling();
  }
}
