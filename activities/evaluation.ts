import type { Sha256 } from '../dataset/dataset.js';
import { compareWithChampion } from '../registry/against-champion.js';
import { canonicalJson } from '../runs/canonical-json.js';
import type { LastRun } from '../runs/last-run.js';
import type { RunSettings } from '../runs/run-settings.js';
import type { CompletedRun, Headline } from '../runs/run-summary.js';
import { writeOutcome } from '../runs/write-outcome.js';
import { keys } from '../storage/keys.js';
import { assessSplits, metricsRecord } from './assess-splits.js';
import { challengerOf } from './challenger.js';
import { type ReportDeps, composeReport } from './compose-report.js';
import { withHeartbeats } from './heartbeats.js';
import { openDatasetFeatures } from './labelled-features.js';
import { judgingOf } from './judging.js';
import { openRegistry } from './open-registry.js';
import { explainRefusedPromotion } from './promotion.js';
import { readHead, readSelection } from '../runs/read-head.js';
import type { ScoredSplit } from './score-splits.js';
import { type PublishRequest, summariseRun } from './summarise-run.js';

export interface EvaluationRequest {
  readonly runId: string;
  readonly workflowId: string;
  readonly settings: RunSettings;
  /** Of the data set. */
  readonly version: Sha256;
  readonly fingerprint: Sha256;
  /** Name of the model. */
  readonly model: Sha256;
}

/** What a workflow needs to know of an evaluation. */
export interface Evaluation {
  readonly positive: string;
  /** On the evaluation split. */
  readonly headline: Headline;
  /** scikit-learn's classification report of the evaluation split. */
  readonly classificationReport: string;
  /** Why the model may not become the champion; absent where it may. */
  readonly notPromotable?: string;
}

export type EvaluationActivities = ReturnType<typeof createEvaluationActivities>;

export function createEvaluationActivities(deps: ReportDeps) {
  const { store } = deps;
  return {
    /** Scores the three splits; writes `metrics.json`, then `report.md` and `report.html`. */
    evaluateHead(
      request: EvaluationRequest & { readonly seconds: Readonly<Record<string, number>> },
    ): Promise<Evaluation> {
      return withHeartbeats(async () => {
        const started = performance.now();
        const { settings, runId } = request;
        const dataset = await openDatasetFeatures(store, { ...request, dataset: settings.dataset });
        const positive = settings.positive ?? dataset.manifest.positive;
        const head = await readHead(store, request.model);
        const selection = await readSelection(store, request.model);
        const aim = settings.head.threshold;
        const assessment = await assessSplits(dataset, { head, selection, positive, aim });
        const seconds = { ...request.seconds, evaluate: (performance.now() - started) / 1_000 };
        const judging = await judgingOf(store, request);
        const champion = await compareWithChampion(openRegistry(store), challengerOf(request), judging);
        const record = { ...metricsRecord(assessment, seconds), champion };
        await store.replace(keys.runMetrics(runId), Buffer.from(JSON.stringify(record, null, 2)));
        const refusal = await explainRefusedPromotion(store, settings.backbone, request.fingerprint);
        const promotion = refusal === undefined ? {} : { notPromotable: refusal };
        const subject = { ...request, ...promotion, seconds, dataset, champion };
        const report = await composeReport(deps, subject, assessment);
        await store.replace(keys.runMarkdown(runId), Buffer.from(report.markdown));
        await store.replace(keys.runReport(runId), Buffer.from(report.html));
        const { evaluation } = assessment.splits;
        const { report: classificationReport } = evaluation.metrics;
        return { positive, headline: headlineOf(evaluation), classificationReport, ...promotion };
      });
    },

    /** Points the registry at the run, then writes `outcome.json`: last, for it says that everything else is there. */
    publishRun(request: PublishRequest): Promise<CompletedRun> {
      return withHeartbeats(async () => {
        const { runId, settings, model } = request;
        const summary = summariseRun(request);
        const last: LastRun = {
          runId,
          finishedAt: new Date().toISOString(),
          model,
          backbone: settings.backbone,
          lineage: JSON.parse(Buffer.from(await store.get(keys.lineage(model))).toString()) as unknown,
        };
        await store.replace(keys.lastRun(settings.dataset), Buffer.from(canonicalJson(last)));
        await writeOutcome(store, summary);
        return summary;
      });
    },
  };
}

function headlineOf({ metrics, rows }: ScoredSplit): Headline {
  const { accuracy, rocAuc, averagePrecision, logLoss } = metrics;
  return { accuracy, rocAuc, averagePrecision, logLoss, support: rows.length };
}
