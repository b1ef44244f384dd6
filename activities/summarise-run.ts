import type { Receipt } from '../features/receipt.js';
import type { CompletedRun, PromotionResult } from '../runs/run-summary.js';
import { keys } from '../storage/keys.js';
import type { CheckedData } from './checks.js';
import type { Evaluation, EvaluationRequest } from './evaluation.js';

/** All that a run has come to before it is published. */
export interface EvaluatedRun extends EvaluationRequest {
  readonly evaluation: Evaluation;
  readonly receipt: Receipt;
  /** Absent where nobody looked at the data. */
  readonly checks?: CheckedData;
}

export interface PublishRequest extends EvaluatedRun {
  /** Absent of a run that an older release began. */
  readonly promotion?: PromotionResult;
}

/** What a run publishes: references and counts. */
export function summariseRun({
  runId,
  workflowId,
  settings: { dataset, backbone },
  version,
  fingerprint,
  model,
  evaluation: { positive, headline, classificationReport, notPromotable },
  promotion,
  receipt,
  checks,
}: PublishRequest): CompletedRun {
  return {
    runId,
    workflowId,
    status: 'completed',
    dataset,
    version,
    backbone,
    fingerprint,
    model,
    positive,
    evaluation: headline,
    classificationReport,
    ...(notPromotable !== undefined && { promotable: false, notPromotable }),
    ...(promotion !== undefined && { promotion }),
    receipt,
    ...(checks !== undefined && { checks: { failed: checks.failed, warned: checks.warned } }),
    keys: {
      metrics: keys.runMetrics(runId),
      receipt: keys.runReceipt(runId),
      report: keys.runReport(runId),
      markdown: keys.runMarkdown(runId),
    },
  };
}
