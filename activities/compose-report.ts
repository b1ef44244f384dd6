import type { BackboneDescription } from '../backbones/backbone.js';
import { assertPinned } from '../backbones/pinned-backbone.js';
import { readChecks } from '../checks/stored-checks.js';
import type { Sha256 } from '../dataset/dataset.js';
import { readQuarantine } from '../dataset/dataset-store.js';
import { fileName } from '../dataset/object-name.js';
import { inParallel } from '../dataset/in-parallel.js';
import { getIfThere } from '../dataset/optional-object.js';
import type { Receipt } from '../features/receipt.js';
import { predictClasses } from '../heads/predict.js';
import { picturesOf, pickFindings } from '../report/found-pictures.js';
import { pickMistakes, pickNarrowHits } from '../report/gallery.js';
import { renderMarkdownSummary } from '../report/render-markdown-summary.js';
import { renderReport } from '../report/render-report.js';
import type { ReportInput, ReportedChecks, ScoredImage } from '../report/report-input.js';
import { makeThumbnail } from '../report/thumbnail.js';
import { graftVersion } from '../runs/graft-version.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Assessment } from './assess-splits.js';
import type { EvaluationRequest } from './evaluation.js';
import type { DatasetFeatures } from './labelled-features.js';
import type { ScoredSplit } from './score-splits.js';

/** Pictures of findings in memory at a time. */
const PICTURES_AT_ONCE = 8;

export interface ReportDeps {
  readonly store: ObjectStore;
  readonly resolveBackbone: (name: string) => Promise<BackboneDescription>;
}

/** What a report is about besides the assessment. */
export interface ReportSubject
  extends EvaluationRequest, Pick<ReportInput, 'seconds' | 'champion' | 'notPromotable'> {
  readonly dataset: DatasetFeatures;
}

/** Reads what the report shows besides numbers (receipt, quarantine, thumbnails), and renders it for people and programs. */
export async function composeReport(
  { store, resolveBackbone }: ReportDeps,
  subject: ReportSubject,
  assessment: Assessment,
): Promise<{ readonly html: string; readonly markdown: string }> {
  const { runId, workflowId, settings, model, seconds, version, fingerprint, champion, notPromotable } =
    subject;
  const { manifest, refused } = subject.dataset;
  const { head, positive, splits, statistics, calibration, threshold, selection } = assessment;
  const backbone = await resolveBackbone(settings.backbone);
  assertPinned(backbone, fingerprint);
  const checks = await reportChecks(store, runId);
  const evaluation = nameScores(splits.evaluation, manifest.classes);
  const input: ReportInput = {
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
    statistics,
    ...(selection !== undefined && { selection }),
    ...(calibration !== undefined && { calibration }),
    ...(threshold !== undefined && { threshold }),
    evaluation,
    mistakes: await addThumbnails(store, pickMistakes(evaluation)),
    narrowHits: await addThumbnails(store, pickNarrowHits(evaluation)),
    ...(checks !== undefined && { checks }),
    receipt: JSON.parse(Buffer.from(await store.get(keys.runReceipt(runId))).toString()) as Receipt,
    quarantined: [...(await readQuarantine(store, settings.dataset, version)), ...refused],
    seconds,
    ...(champion !== undefined && { champion }),
    ...(notPromotable !== undefined && { notPromotable }),
  };
  return { html: await renderReport(input), markdown: renderMarkdownSummary(input) };
}

function addThumbnails<Image extends ScoredImage & { readonly key: string }>(
  store: ObjectStore,
  images: readonly Image[],
) {
  return Promise.all(
    images.map(async (image) => ({ ...image, thumbnail: await makeThumbnail(await store.get(image.key)) })),
  );
}

/** What the run's data checks found, with a thumbnail of each picture that is shown; `undefined` where nobody looked. */
async function reportChecks(store: ObjectStore, runId: string): Promise<ReportedChecks | undefined> {
  const found = await readChecks(store, runId);
  if (found === undefined) return undefined;
  const thumbnails = new Map<Sha256, Uint8Array>();
  await inParallel(picturesOf(pickFindings(found)), PICTURES_AT_ONCE, async ({ sha256, key }) => {
    const picture = await getIfThere(store, key);
    if (picture !== undefined) thumbnails.set(sha256, await makeThumbnail(picture));
  });
  return { found, thumbnails };
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
