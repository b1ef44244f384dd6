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

/** What a completed run returns: references and counts, never data. */
export interface RunSummary {
  readonly runId: string;
  readonly workflowId: string;
  readonly status: 'completed';
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
  readonly receipt: Receipt;
  /** Keys in the object store. */
  readonly keys: { readonly metrics: string; readonly receipt: string; readonly report: string };
}

/** How a run ended that did not complete. */
export interface ClosedRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly status: 'failed' | 'cancelled';
  readonly cause: { readonly type: string; readonly message: string };
}

/** What `outcome.json` holds. */
export type RunOutcome = RunSummary | ClosedRun;
