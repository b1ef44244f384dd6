import type { IndexRow, QuarantinedImage, Sha256 } from '../dataset/dataset.js';
import { buildReceipt } from '../features/build-receipt.js';
import type { FeatureIndex } from '../features/feature-index.js';
import { readPlan } from '../features/plan-segments.js';
import type { Receipt } from '../features/receipt.js';
import { keys } from '../storage/keys.js';
import type { Examined, Findings } from './finding.js';
import type { Subject } from './open-run.js';
import { readJson } from './read-json.js';
import { receiptFile } from './records.js';

/** What a receipt is built from; a part that could not be read is absent. */
export interface ReceiptParts {
  readonly rows: readonly IndexRow[] | undefined;
  readonly quarantined: readonly QuarantinedImage[] | undefined;
  readonly features: FeatureIndex | undefined;
  readonly refused: ReadonlyMap<Sha256, string> | undefined;
}

/** Examines `receipt.json`: against its copy in `outcome.json`, against itself, and against what lies in the store. */
export async function checkReceipt(
  subject: Subject,
  parts: ReceiptParts,
  findings: Findings,
): Promise<Examined> {
  const { store, run, outcome } = subject;
  const object = keys.runReceipt(run.runId);
  const receipt = await findings.attempt({ store, what: 'receipt', object }, () =>
    readJson(store, object, receiptFile),
  );
  if (receipt === undefined) return { counts: { numbers: 0 } };
  const differs = (detail: string): void => findings.add({ kind: 'receipt differs', object, detail });

  const { images, features, quarantined, missing } = receipt;
  if (features + quarantined + missing !== images)
    differs(
      `features ${features} + quarantined ${quarantined} + missing ${missing} do not make images ${images}`,
    );
  for (const name of differences(receipt, outcome.receipt))
    differs(`${name}: receipt.json says ${receipt[name]}, outcome.json ${outcome.receipt[name]}`);
  const rebuilt = await rebuildReceipt(subject, parts);
  const numbers = Object.keys(receipt).length;
  if (rebuilt === undefined)
    return { counts: { numbers }, note: 'not rebuilt: what it is built from is damaged' };
  for (const name of differences(receipt, rebuilt))
    differs(`${name}: receipt.json says ${receipt[name]}, the store gives ${rebuilt[name]}`);
  return { counts: { numbers }, note: 'rebuilt from the store' };
}

const differences = (a: Receipt, b: Receipt): readonly (keyof Receipt)[] =>
  (Object.keys(a) as (keyof Receipt)[]).filter((name) => a[name] !== b[name]);

/**
 * The receipt that the store gives now. How many batches failed on the way, nothing else than the outcome remembers.
 */
async function rebuildReceipt(
  { store, run, outcome }: Subject,
  { rows, quarantined, features, refused }: ReceiptParts,
): Promise<Receipt | undefined> {
  if (rows === undefined || quarantined === undefined || features === undefined || refused === undefined)
    return undefined;
  // The run's check has said what is wrong with a plan that does not read.
  const { reused, batches } = await readPlan(store, run.runId).catch(() => outcome.receipt);
  const { failedBatches } = outcome.receipt;
  // Features that are lost make fewer than were reused, which no receipt may say: compared without, subtracted here.
  const whole = buildReceipt({ rows, quarantined, features, refused, reused: 0, batches, failedBatches });
  return { ...whole, reused, computed: Math.max(0, whole.computed - reused) };
}
