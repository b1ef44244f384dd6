import type { BackboneDescription } from '../backbones/backbone.js';
import { BadInput } from '../errors/graft-error.js';
import type { Sha256 } from '../dataset/dataset.js';
import { readIndex, readQuarantine } from '../dataset/dataset-store.js';
import { fileName } from '../dataset/object-name.js';
import type { BatchRange } from '../features/batch.js';
import { buildReceipt } from '../features/build-receipt.js';
import { setAsideDamagedShards } from '../features/damaged-shards.js';
import type { FeatureIndex } from '../features/feature-index.js';
import type { ReasonCounts } from '../features/plan-reasons.js';
import { type Plan, writePlan } from '../features/plan-segments.js';
import type { Receipt } from '../features/receipt.js';
import { loadCrashes, loadQuarantine } from '../features/refusals.js';
import { refreshSegments } from '../features/segments.js';
import { findComputingEngine } from '../planning/computing-engine.js';
import { drawPlan } from '../planning/draw-plan.js';
import { type MeasuredSpeed, type Prediction, findSpeed, predict, recordSpeed } from '../planning/speed.js';
import { canonicalJson } from '../runs/canonical-json.js';
import type { RunSettings } from '../runs/run-settings.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import { withHeartbeats } from './heartbeats.js';

export interface FeatureDeps {
  readonly store: ObjectStore;
  readonly resolveBackbone: (name: string) => Promise<BackboneDescription>;
  /** What `graft tune` measured where extraction runs, as far as that is known here. Default: nothing. */
  readonly tunedSpeed?: (fingerprint: Sha256) => MeasuredSpeed | undefined;
}

/** Which run, over which version of its data set. */
export interface RunSubject {
  readonly runId: string;
  readonly settings: RunSettings;
  /** Of the data set. */
  readonly version: Sha256;
}

/** What a workflow needs to know of a plan; the batches themselves stay in the store. */
export interface ExtractionPlan {
  readonly fingerprint: Sha256;
  /** Distinct images to compute, and distinct images whose features are there. */
  readonly images: number;
  readonly reused: number;
  readonly batches: number;
  /** Distinct images that an earlier run found to be none; absent in histories of an older Graft. */
  readonly refused?: number;
  /** Distinct images to compute, by the reason; absent in histories of an older Graft. */
  readonly reasons?: ReasonCounts;
  /** How long that may take; absent where no speed was measured yet. */
  readonly predicted?: Prediction;
  /** Pictures of this fingerprint have crashed an extractor. */
  readonly mayHaveCrashed?: true;
  /** Each is the work of one child workflow. */
  readonly segments: readonly { readonly key: string; readonly ranges: readonly BatchRange[] }[];
}

export type FeatureActivities = ReturnType<typeof createFeatureActivities>;

export function createFeatureActivities({ store, resolveBackbone, tunedSpeed }: FeatureDeps) {
  return {
    /** Finds the images without features and cuts them into batches; computes nothing. */
    planExtraction({ runId, settings, version }: RunSubject): Promise<ExtractionPlan> {
      return withHeartbeats(async () => {
        const backbone = await resolveBackbone(settings.backbone);
        const { fingerprint } = backbone;
        await recordBackbone(backbone);
        const rows = await readIndex(store, settings.dataset, version);
        const { features, damaged, gone } = await refreshSegments(store, fingerprint);
        await setAsideDamagedShards(store, fingerprint, damaged);
        const { dataset, batchSize } = settings;
        const subject = { dataset, version, rows, backbone, batchSize, features, gone };
        const plan = await writePlan(store, runId, await drawPlan(store, subject));
        return { fingerprint, ...(await summarisePlan(fingerprint, plan)) };
      });
    },

    /**
     * Accounts for every picture. Throws `BadInput` where more pictures than `maxBadImageRate` could not become features;
     * pictures that are missing are for the workflow to judge.
     */
    writeReceipt(
      request: RunSubject & {
        readonly plan: ExtractionPlan;
        readonly failedBatches: number;
        /** Over all workers together; absent in histories of an older Graft, and where nothing was computed. */
        readonly imagesPerSecond?: number;
      },
    ): Promise<Receipt> {
      return withHeartbeats(async () => {
        const { runId, settings, version, plan, failedBatches } = request;
        const [rows, quarantined, { features }, refused] = await Promise.all([
          readIndex(store, settings.dataset, version),
          readQuarantine(store, settings.dataset, version),
          refreshSegments(store, plan.fingerprint),
          loadQuarantine(store, plan.fingerprint),
        ]);
        const { reused, batches } = plan;
        const receipt = buildReceipt({
          rows,
          quarantined,
          features,
          refused,
          reused,
          batches,
          failedBatches,
        });
        await Promise.all([
          store.replace(keys.runReceipt(runId), Buffer.from(canonicalJson(receipt))),
          keepSpeed(request, features, receipt.computed),
        ]);
        assertFewQuarantined(receipt, settings.maxBadImageRate, [
          ...quarantined.map(({ path, reason }) => `${path} ${reason}`),
          ...rows.flatMap(({ key, sha256 }) => {
            const reason = features.has(sha256) ? undefined : refused.get(sha256);
            return reason === undefined ? [] : [`${fileName(key)} ${reason}`];
          }),
        ]);
        return receipt;
      });
    },
  };

  /** For the predictions of later plans. */
  async function keepSpeed(
    { runId, plan, imagesPerSecond }: Parameters<FeatureActivities['writeReceipt']>[0],
    features: FeatureIndex,
    images: number,
  ): Promise<void> {
    if (imagesPerSecond === undefined || images === 0) return;
    const engine = await findComputingEngine(store, plan, features);
    if (engine === undefined) return;
    const measuredAt = new Date().toISOString();
    await recordSpeed(store, plan.fingerprint, { engine, runId, measuredAt, images, imagesPerSecond });
  }

  async function summarisePlan(
    fingerprint: Sha256,
    { images, reused, refused, batches, reasons, segments }: Plan,
  ): Promise<Omit<ExtractionPlan, 'fingerprint'>> {
    const crashes = await loadCrashes(store, fingerprint);
    const speed = await findSpeed(store, fingerprint, undefined, tunedSpeed?.(fingerprint));
    const predicted = images === 0 ? undefined : predict(images, speed);
    return {
      ...{ images, reused, batches, segments: segments.map(({ key, ranges }) => ({ key, ranges })) },
      ...(refused !== undefined && { refused }),
      ...(reasons !== undefined && { reasons }),
      ...(predicted !== undefined && { predicted }),
      ...(crashes.size > 0 && { mayHaveCrashed: true as const }),
    };
  }

  /** The first record stays: a later release may word a title otherwise, and the fingerprint says what matters. */
  async function recordBackbone(backbone: BackboneDescription): Promise<void> {
    try {
      await store.putIfAbsent(keys.backbone(backbone.fingerprint), describeBackbone(backbone));
    } catch (error) {
      if (!(error instanceof ObjectConflict)) throw error;
    }
  }
}

/** What a feature depends on besides the image's bytes, for people. */
function describeBackbone({
  name,
  title,
  sha256,
  dimensions,
  inputSize,
  recipe,
  licence,
  precision,
}: BackboneDescription): Uint8Array {
  return Buffer.from(
    canonicalJson({ name, title, sha256, dimensions, inputSize, recipe, licence, precision }),
  );
}

/** How many refused pictures a message names. */
const MOST_EXAMPLES = 3;

function assertFewQuarantined(
  { quarantined, images }: Receipt,
  maxBadImageRate: number,
  examples: readonly string[],
): void {
  if (quarantined <= images * maxBadImageRate) return;
  throw new BadInput(
    `${quarantined} of ${images} pictures cannot be used, more than maxBadImageRate ${maxBadImageRate} allows: ` +
      `${examples.slice(0, MOST_EXAMPLES).join('; ')}. Mend or remove them, or raise the rate.`,
  );
}
