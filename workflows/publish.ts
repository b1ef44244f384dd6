import { CancellationScope, isCancellation, patched, proxyActivities } from '@temporalio/workflow';
import type { ChampionActivities, Ruling } from '../activities/champion.js';
import type { EvaluationActivities } from '../activities/evaluation.js';
import type { EvaluatedRun } from '../activities/summarise-run.js';
import type { CompletedRun, PromotionResult } from '../runs/run-summary.js';
import { computing } from './activity-options.js';
import { rootCause } from './failure.js';
import type { Run } from './run.js';

/**
 * Publishes a run, its outcome last: it says what became of the model. What has been decided is carried out even where the
 * run is cancelled meanwhile; while somebody is waited for, a cancellation ends the run.
 */
export async function publish(run: Run, evaluated: EvaluatedRun): Promise<CompletedRun> {
  const { publishRun } = proxyActivities<EvaluationActivities>(computing(run.settings.timing));
  if (!patched('promotion')) return publishRun(evaluated);
  const promotion = await promote(run, evaluated);
  return CancellationScope.nonCancellable(() => publishRun({ ...evaluated, promotion }));
}

/** Has the rule decide, and people where it does not. */
async function promote(run: Run, evaluated: EvaluatedRun): Promise<PromotionResult> {
  const { promoteByRule, offerModel } = proxyActivities<ChampionActivities>(computing(run.settings.timing));
  const ruling = await CancellationScope.nonCancellable(() => promoteByRule(evaluated));
  if (ruling.decision !== 'undecided') return { ...ruling, decision: ruling.decision };
  // Runs that an older release opened were promised to wait for nobody.
  if (run.settings.promotion?.otherwise !== 'wait') return { ...ruling, decision: 'left' };
  await offerModel({ ...evaluated, because: ruling.reason });
  return askPeople(run, evaluated, ruling);
}

/** Waits for `approve` or `reject`, and once more where what was said cannot be done. */
async function askPeople(run: Run, evaluated: EvaluatedRun, ruling: Ruling): Promise<PromotionResult> {
  const { approveModel, rejectModel } = proxyActivities<ChampionActivities>(computing(run.settings.timing));
  const { model } = evaluated;
  for (let because = ruling.reason; ;) {
    run.waitFor({ for: 'approval', because, model });
    const { isApproved, ...word } = await run.approvals.ask(model);
    run.waitFor(undefined);
    await run.gate.pass();
    const carryOut = isApproved ? approveModel : rejectModel;
    try {
      return await CancellationScope.nonCancellable(() => carryOut({ ...evaluated, ...word }));
    } catch (error) {
      if (isCancellation(error)) throw error;
      because = rootCause(error).message;
    }
  }
}
