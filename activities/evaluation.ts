import type { BackboneDescription } from '../backbones/backbone.js';
import { assertPinned } from '../backbones/pinned-backbone.js';
import { type IndexRow, SPLITS, type Sha256, type SplitName } from '../dataset/dataset.js';
import { readQuarantine } from '../dataset/dataset-store.js';
import type { Receipt } from '../features/receipt.js';
import { evaluateSplit } from '../heads/evaluate-split.js';
import type { Head } from '../heads/head.js';
import type { SplitMetrics } from '../heads/metrics.js';
import { describeSplit } from '../heads/statistics/describe-split.js';
import { predictClasses, predictProbabilities } from '../heads/predict.js';
import { pickMistakes, pickNarrowHits } from '../report/gallery.js';
import { renderReport } from '../report/render-report.js';
import type { ScoredImage } from '../report/report-input.js';
import { makeThumbnail } from '../report/thumbnail.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { graftVersion } from '../runs/graft-version.js';
import type { LastRun } from '../runs/last-run.js';
import type { RunSettings } from '../runs/run-settings.js';
import type { CompletedRun, Headline } from '../runs/run-summary.js';
import { writeOutcome } from '../runs/write-outcome.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { withHeartbeats } from './heartbeats.js';
import { type DatasetFeatures, fileName, openDatasetFeatures } from './labelled-features.js';
import { explainRefusedPromotion } from './promotion.js';
import { readHead } from './read-head.js';

export interface EvaluationDeps {
  readonly store: ObjectStore;
  readonly resolveBackbone: (name: string) => Promise<BackboneDescription>;
}

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

/** One split with its features and what the head makes of them. */
interface ScoredSplit {
  readonly rows: readonly IndexRow[];
  /** What computed the features. */
  readonly engines: readonly string[];
  readonly probabilities: Float64Array;
  /** Class ids, row by row. */
  readonly labels: Int32Array;
  readonly metrics: SplitMetrics;
}

export type EvaluationActivities = ReturnType<typeof createEvaluationActivities>;

export function createEvaluationActivities({ store, resolveBackbone }: EvaluationDeps) {
  return {
    /** Scores the three splits; writes `metrics.json`, then `report.html`. */
    evaluateHead(
      request: EvaluationRequest & { readonly seconds: Readonly<Record<string, number>> },
    ): Promise<Evaluation> {
      return withHeartbeats(async () => {
        const started = performance.now();
        const { settings, runId } = request;
        const dataset = await openDatasetFeatures(store, { ...request, dataset: settings.dataset });
        const positive = settings.positive ?? dataset.manifest.positive;
        const head = await readHead(store, request.model);
        const splits = await scoreSplits(dataset, head, positive);
        const metrics = Object.fromEntries(SPLITS.map((split) => [split, splits[split].metrics]));
        const seconds = { ...request.seconds, evaluate: (performance.now() - started) / 1_000 };
        const { settings: headSettings, convergence, kind } = head;
        const record = { ...metrics, head: { kind, ...headSettings, ...convergence }, positive, seconds };
        await store.replace(keys.runMetrics(runId), Buffer.from(JSON.stringify(record, null, 2)));
        const refusal = await explainRefusedPromotion(store, settings.backbone, request.fingerprint);
        const promotion = refusal === undefined ? {} : { notPromotable: refusal };
        const report = await composeReport(
          { ...request, ...promotion, seconds },
          dataset,
          positive,
          head,
          splits,
        );
        await store.replace(keys.runReport(runId), Buffer.from(report));
        const { accuracy, rocAuc, averagePrecision, logLoss } = splits.evaluation.metrics;
        const headline = {
          accuracy,
          rocAuc,
          averagePrecision,
          logLoss,
          support: splits.evaluation.rows.length,
        };
        return { positive, headline, classificationReport: splits.evaluation.metrics.report, ...promotion };
      });
    },

    /** Points the registry at the run, then writes `outcome.json`: last, for it says that everything else is there. */
    publishRun(
      request: EvaluationRequest & { readonly evaluation: Evaluation; readonly receipt: Receipt },
    ): Promise<CompletedRun> {
      return withHeartbeats(async () => {
        const { runId, settings, model } = request;
        const summary = summarise(request);
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

  async function composeReport(
    request: EvaluationRequest &
      Pick<Evaluation, 'notPromotable'> & { readonly seconds: Readonly<Record<string, number>> },
    { manifest, refused }: DatasetFeatures,
    positive: string,
    head: Head,
    splits: Readonly<Record<SplitName, ScoredSplit>>,
  ): Promise<string> {
    const { runId, workflowId, settings, model, seconds, version, fingerprint } = request;
    const backbone = await resolveBackbone(settings.backbone);
    assertPinned(backbone, fingerprint);
    const evaluation = nameScores(splits.evaluation, manifest.classes);
    return renderReport({
      runId,
      workflowId,
      finishedAt: new Date().toISOString(),
      graftVersion,
      dataset: { ...manifest, positive },
      backbone: { ...backbone, recipe: backbone.recipe.name },
      engine: splits.evaluation.engines.join('; '),
      head: { kind: head.kind, settings: head.settings, convergence: head.convergence, model },
      metrics: {
        training: splits.training.metrics,
        validation: splits.validation.metrics,
        evaluation: splits.evaluation.metrics,
      },
      statistics: describeSplit({ ...splits.evaluation, classes: manifest.classes, positive }),
      evaluation,
      mistakes: await addThumbnails(pickMistakes(evaluation)),
      narrowHits: await addThumbnails(pickNarrowHits(evaluation)),
      receipt: JSON.parse(Buffer.from(await store.get(keys.runReceipt(runId))).toString()) as Receipt,
      quarantined: [...(await readQuarantine(store, settings.dataset, version)), ...refused],
      seconds,
      ...(request.notPromotable !== undefined && { notPromotable: request.notPromotable }),
    });
  }

  function addThumbnails<Image extends ScoredImage & { readonly key: string }>(images: readonly Image[]) {
    return Promise.all(
      images.map(async (image) => ({ ...image, thumbnail: await makeThumbnail(await store.get(image.key)) })),
    );
  }
}

/** One split after the other, for a split's features may take hundreds of megabytes, which its scores do not need. */
async function scoreSplits(
  dataset: DatasetFeatures,
  head: Head,
  positive: string,
): Promise<Readonly<Record<SplitName, ScoredSplit>>> {
  const { classes } = dataset.manifest;
  const scoreSplit = async (split: SplitName): Promise<ScoredSplit> => {
    const { rows, labels, features } = await dataset.load(split);
    const probabilities = predictProbabilities(head, features);
    const { engines } = features;
    return {
      rows,
      labels,
      probabilities,
      engines,
      metrics: evaluateSplit({ probabilities, labels, classes, positive }),
    };
  };
  const training = await scoreSplit('training');
  const validation = await scoreSplit('validation');
  const evaluation = await scoreSplit('evaluation');
  return { training, validation, evaluation };
}

function summarise({
  runId,
  workflowId,
  settings: { dataset, backbone },
  version,
  fingerprint,
  model,
  evaluation: { positive, headline, classificationReport, notPromotable },
  receipt,
}: EvaluationRequest & { readonly evaluation: Evaluation; readonly receipt: Receipt }): CompletedRun {
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
    receipt,
    keys: {
      metrics: keys.runMetrics(runId),
      receipt: keys.runReceipt(runId),
      report: keys.runReport(runId),
    },
  };
}

/** What the report says of each picture of a split. */
function nameScores(
  { rows, probabilities }: ScoredSplit,
  classes: readonly string[],
): (ScoredImage & { key: string })[] {
  const predicted = predictClasses(probabilities, classes.length);
  return rows.map((row, at) => ({
    key: row.key,
    name: fileName(row.key),
    class: row.class,
    predicted: classes[predicted[at] ?? 0] ?? '',
    probabilities: [...probabilities.subarray(at * classes.length, (at + 1) * classes.length)],
  }));
}
