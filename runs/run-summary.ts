import type { CheckName } from '../checks/check-settings.js';
import type { Receipt } from '../features/receipt.js';

/** The few numbers of a split that fit into a workflow's result. */
export interface Headline {
  readonly accuracy: number;
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
  readonly logLoss: number;
  /** Images. */
  readonly support: number;
}

/** What became of a run's model. */
export interface PromotionResult {
  /**
   * `promoted`: it became the champion; `kept`: it was it already; `left`: the rule did not promote it, and nobody was asked;
   * `rejected` by somebody whom the run waited for; `refused`: it may never be the champion.
   */
  readonly decision: 'promoted' | 'kept' | 'left' | 'rejected' | 'refused';
  /** A sentence. */
  readonly reason: string;
  /** A sentence on what the numbers are worth, where that is little. */
  readonly warning?: string;
  /** Of `promoted`: Graft's rule, somebody whom the run waited for, or somebody at a command line. */
  readonly by?: 'policy' | 'approve' | 'cli';
  /** Of `promoted`: number of its entry in the history of champions. */
  readonly entry?: number;
  /** By which it was judged. */
  readonly margin: number;
}

/** What a run that ended well returns, whether it trained or not: references and counts, never data. */
interface Outcome {
  readonly runId: string;
  readonly workflowId: string;
  readonly dataset: string;
  /** Version of the data set. */
  readonly version: string;
  readonly backbone: string;
  readonly fingerprint: string;
  /** Name of the model: `models/<model>/`. */
  readonly model: string;
  /** The class that binary metrics are about. */
  readonly positive: string;
  /** On the evaluation split. */
  readonly evaluation: Headline;
  /** scikit-learn's classification report of the evaluation split, as text. */
  readonly classificationReport: string;
  /** `false`: the model may not become the champion; absent where it may. */
  readonly promotable?: false;
  /** Why, in a sentence with what to do. */
  readonly notPromotable?: string;
  /** Of an unchanged run: what became of the model in the earlier one. Absent where an older release trained it. */
  readonly promotion?: PromotionResult;
  /** This run's own. */
  readonly receipt: Receipt;
  /** Names of the data checks that failed, and of those that warn; absent where nobody looked. */
  readonly checks?: { readonly failed: readonly CheckName[]; readonly warned: readonly CheckName[] };
  /** Keys in the object store. */
  readonly keys: {
    readonly metrics: string;
    readonly receipt: string;
    /** HTML. */
    readonly report: string;
    /** The report in short; absent in runs of older releases. */
    readonly markdown?: string;
  };
}

/** How a run ended that went through all stages. */
export interface CompletedRun extends Outcome {
  readonly status: 'completed';
}

/** How a run ended that found nothing changed since an earlier one: model, metrics and report are that run's. */
export interface UnchangedRun extends Outcome {
  readonly status: 'unchanged';
  /** Id of the run that trained; always a completed one. */
  readonly sameAs: string;
}

/** `offer.json`: what a run would publish that awaits approval; its outcome, once there is one, counts instead. */
export interface OfferedRun extends Outcome {
  readonly status: 'awaiting-approval';
  /** Why the rule does not promote the model itself. */
  readonly because: string;
}

export type RunSummary = CompletedRun | UnchangedRun;

/** How a run ended that has no model to show. */
export interface ClosedRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly status: 'failed' | 'cancelled';
  readonly cause: { readonly type: string; readonly message: string };
}

/** What `outcome.json` holds. */
export type RunOutcome = RunSummary | ClosedRun;

/** Whether a run ended with a model, its own or an earlier run's. */
export const hasModel = (outcome: RunOutcome): outcome is RunSummary =>
  outcome.status === 'completed' || outcome.status === 'unchanged';

/** Id of the run whose metrics and report an outcome shows: its own, or the one that nothing has changed since. */
export const trainedBy = (
  summary: Pick<CompletedRun, 'runId' | 'status'> | Pick<UnchangedRun, 'status' | 'sameAs'>,
): string => (summary.status === 'unchanged' ? summary.sameAs : summary.runId);
