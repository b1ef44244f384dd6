import { z } from 'zod';
import { readManifest } from '../dataset/dataset-store.js';
import type { Sha256 } from '../dataset/dataset.js';
import { getIfThere } from '../dataset/optional-object.js';
import type { Receipt } from '../features/receipt.js';
import { isWholeReport } from '../report/whole-report.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { readLastRun } from '../runs/last-run.js';
import { lineageOf } from '../runs/lineage.js';
import type { RunSettings } from '../runs/run-settings.js';
import type { CompletedRun, RunOutcome, UnchangedRun } from '../runs/run-summary.js';
import { isWholeModel } from '../runs/whole-model.js';
import { writeOutcome } from '../runs/write-outcome.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { withHeartbeats } from './heartbeats.js';
import { explainRefusedPromotion } from './promotion.js';

/** A run whose features are all there, before it trains. */
export interface UnchangedRequest {
  readonly runId: string;
  readonly workflowId: string;
  readonly settings: RunSettings;
  /** Of the data set. */
  readonly version: Sha256;
  readonly fingerprint: Sha256;
  readonly receipt: Receipt;
}

export type UnchangedActivities = ReturnType<typeof createUnchangedActivities>;

export function createUnchangedActivities({ store }: { readonly store: ObjectStore }) {
  return {
    /**
     * Ends a run that would only repeat the last completed one: writes its `outcome.json`, which points at that run's
     * model, metrics and report. `undefined`, and nothing written, where something differs (data, backbone, head
     * settings, positive class, release of Graft, what is said of its promotion), where nobody has decided about that
     * model yet, or where one of the objects is gone or damaged: then the run has to go on.
     */
    endIfUnchanged(request: UnchangedRequest): Promise<UnchangedRun | undefined> {
      return withHeartbeats(async () => {
        const ended = await readOwnEnd(request);
        if (ended !== undefined) return ended;
        const earlier = await findEqualRun(request);
        if (earlier === undefined) return undefined;
        const { runId, workflowId, receipt } = request;
        const summary: UnchangedRun = {
          ...earlier,
          ...{ runId, workflowId, receipt, status: 'unchanged', sameAs: earlier.runId },
          keys: { ...earlier.keys, receipt: keys.runReceipt(runId) },
        };
        await writeOutcome(store, summary);
        return summary;
      });
    },
  };

  /** What an attempt wrote whose answer was lost: another run may have become the last one since. */
  async function readOwnEnd({
    runId,
    version,
    fingerprint,
    receipt,
  }: UnchangedRequest): Promise<UnchangedRun | undefined> {
    const outcome = (await readJson(keys.runOutcome(runId))) as RunOutcome | undefined;
    if (outcome?.status !== 'unchanged') return undefined;
    const isSame = outcome.version === version && outcome.fingerprint === fingerprint;
    return isSame && outcome.receipt.contentHash === receipt.contentHash ? outcome : undefined;
  }

  async function findEqualRun(request: UnchangedRequest): Promise<CompletedRun | undefined> {
    const { settings, receipt, runId } = request;
    const last = await readLastRun(store, settings.dataset);
    // A run that Temporal has reset may be the last one itself.
    if (last === undefined || last.runId === runId) return undefined;
    const lineage = lineageOf({ ...request, contentHash: receipt.contentHash });
    if (canonicalJson(last.lineage) !== canonicalJson(lineage)) return undefined;
    const outcome = (await readJson(keys.runOutcome(last.runId))) as RunOutcome | undefined;
    if (outcome?.status !== 'completed' || outcome.model !== last.model) return undefined;
    if (!isSettled(outcome, settings)) return undefined;
    return (await isJudgedAlike(outcome, request)) && (await isWhole(outcome)) ? outcome : undefined;
  }

  /** Metrics and report would say the same: by the same positive class, with the same words on promotion. */
  async function isJudgedAlike(
    earlier: CompletedRun,
    { settings, version, fingerprint }: UnchangedRequest,
  ): Promise<boolean> {
    const positive = settings.positive ?? (await readManifest(store, settings.dataset, version)).positive;
    const refusal = await explainRefusedPromotion(store, settings.backbone, fingerprint);
    const alike = earlier.positive === positive && earlier.notPromotable === refusal;
    return alike && (await isLookedAtAlike(earlier.runId, settings));
  }

  /** The data were looked at by the same settings, or not at all by either. */
  async function isLookedAtAlike(runId: string, { checks }: RunSettings): Promise<boolean> {
    const record = runFile.safeParse(await readJson(keys.runInput(runId))).data;
    return canonicalJson(record?.settings.checks ?? null) === canonicalJson(checks ?? null);
  }

  /** Everything that the new outcome would point at is there and is what it was. */
  async function isWhole({
    runId,
    model,
    positive,
    evaluation,
    keys: named,
  }: CompletedRun): Promise<boolean> {
    const metrics = metricsFile.safeParse(await readJson(named.metrics)).data;
    if (metrics?.positive !== positive || metrics.evaluation.accuracy !== evaluation.accuracy) return false;
    const report = await read(named.report);
    if (report === undefined || !isWholeReport(report, runId)) return false;
    return isWholeModel(store, model);
  }

  function read(key: string): Promise<Uint8Array | undefined> {
    return getIfThere(store, key);
  }

  /** `undefined` where there is no such object, or where it is no JSON. */
  async function readJson(key: string): Promise<unknown> {
    const bytes = await read(key);
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(Buffer.from(bytes).toString()) as unknown;
    } catch {
      return undefined;
    }
  }
}

/**
 * Whether this run would ask the rule, or somebody, about the model in vain. A model that was only left, or that an older
 * release trained, is asked about by a run that may wait, or that has another margin.
 */
function isSettled({ promotion }: CompletedRun, { promotion: wanted }: RunSettings): boolean {
  if (promotion?.decision !== 'left') return promotion !== undefined;
  return wanted?.otherwise === 'leave' && wanted.margin === promotion.margin;
}
/** By what an earlier run looked at its data. */
const runFile = z.object({ settings: z.object({ checks: z.unknown() }) });

/** What has to stand in the metrics of an earlier run. */
const metricsFile = z.object({
  positive: z.string(),
  evaluation: z.object({ accuracy: z.number() }),
});
