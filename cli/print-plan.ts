import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import type { BackboneDescription } from '../backbones/backbone.js';
import { count } from '../dataset/quote.js';
import type { DrawnPlan } from '../planning/draw-plan.js';
import type { DryRun } from '../planning/dry-run.js';
import { describeDuration, describeReasons } from '../planning/plan-words.js';
import type { Prediction } from '../planning/speed.js';
import { graftVersion } from '../runs/graft-version.js';
import type { ObjectStore } from '../storage/object-store.js';
import { labelLine } from './label-line.js';
import { describeDataset } from './print-planned-dataset.js';
import { quoteWord } from './quote-word.js';

export interface Planned {
  readonly dataset: string;
  readonly backbone: BackboneDescription;
  readonly store: ObjectStore;
  readonly dryRun: DryRun;
  readonly batchSize: number;
  /** Absent where no speed was measured. */
  readonly prediction: Prediction | undefined;
}

/** Images that workers of this engine would compute: what crashed it before stays in its batch and is left out. */
export const computedImages = ({ images, reasons }: DrawnPlan): number => images - (reasons.crashed ?? 0);

/** What a person sees of a plan. */
export function describePlan(planned: Planned): string {
  const { dataset, backbone, dryRun, store } = planned;
  const { manifest, plan } = dryRun;
  return [
    `graft ${graftVersion} · ${dataset} · ${backbone.title}`,
    labelLine('Store', `${store.url}${isThere(store) ? '' : pc.dim(' (not there yet)')}`),
    labelLine('Source', manifest.source),
    '',
    ...describeDataset(dryRun),
    '',
    labelLine('To compute', pc.bold(describeWork(plan))),
    ...describeCause(planned),
    labelLine('To reuse', describeReuse(plan)),
    ...(plan.images === 0
      ? []
      : [labelLine('Batches', describeBatches(planned)), labelLine('Time', describeTime(planned))]),
    '',
    pc.dim('Nothing was computed, and nothing written to the store. This would do it:'),
    `  ${commandToRun()}`,
  ].join('\n');
}

const isThere = ({ url }: ObjectStore): boolean => !url.startsWith('file:') || existsSync(fileURLToPath(url));

const describeWork = ({ images, reasons }: DrawnPlan): string =>
  images === 0 ? 'nothing' : describeReasons(reasons);

/** One line for each cause that the counts alone do not tell. */
function describeCause({ backbone, dryRun: { plan } }: Planned): readonly string[] {
  const { previous, reasons } = plan;
  const before = `${previous?.backbone ?? ''} (${previous?.fingerprint.slice(0, 12) ?? ''}) in the last run`;
  const now = `now ${backbone.name} (${backbone.fingerprint.slice(0, 12)})`;
  const causes = [
    reasons.backbone && `${before}, ${now}`,
    reasons.recipe && `${before}, ${now}: the same network, with the recipe ${backbone.recipe.name}`,
    reasons.schema && `${before}, ${now}: this release means something else by a feature`,
    reasons.lost && 'lost: the shard with the feature is gone or damaged',
    reasons.crashed && 'crashed: left out by this engine; graft retry --quarantined undoes that',
  ];
  return causes.flatMap((cause) =>
    cause === undefined || cause === 0 ? [] : [labelLine('', pc.dim(cause))],
  );
}

const describeReuse = ({ reused, refused }: DrawnPlan): string =>
  `${count(reused)} features${refused === 0 ? '' : `; ${count(refused)} pictures stay refused`}`;

function describeBatches({ dryRun, batchSize }: Planned): string {
  const { length } = dryRun.plan.batches;
  return `${count(length)} of at most ${count(batchSize)} pictures`;
}

function describeTime({ prediction }: Planned): string {
  if (prediction === undefined)
    return 'not measured yet: graft tune does that, and so does every run of 100 pictures or more';
  const { seconds, imagesPerSecond, engine, runId } = prediction;
  const source = runId === undefined ? 'graft tune' : `run ${runId.slice(0, 8)}`;
  return `about ${describeDuration(seconds)}, at the ${imagesPerSecond.toPrecision(3)} images/s of ${source} (${engine})`;
}

/** The same words after another verb. */
function commandToRun(): string {
  const words = process.argv.slice(process.argv.indexOf('plan') + 1).filter((word) => word !== '--json');
  return `graft run ${words.map(quoteWord).join(' ')}`;
}

/** The line of JSON. */
export function planLine({ dataset, backbone, dryRun, batchSize, prediction }: Planned) {
  const { manifest, quarantined, written, plan } = dryRun;
  const { version, images, counts } = manifest;
  const { reused, refused, reasons, previous, difference } = plan;
  return {
    ...{ dataset, version, pictures: images, counts, written, quarantined: quarantined.length },
    ...{ backbone: backbone.name, fingerprint: backbone.fingerprint },
    ...{ compute: computedImages(plan), reasons, reused, refused, batches: plan.batches.length, batchSize },
    ...{ previous: previous ?? null, difference: difference ?? null, predicted: prediction ?? null },
  };
}
