import { z } from 'zod';
import type { BackboneDescription } from '../backbones/backbone.js';
import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import { readIndex } from '../dataset/dataset-store.js';
import { getIfThere } from '../dataset/optional-object.js';
import type { KnownImages } from '../features/plan-reasons.js';
import { TableDamaged } from '../parquet/table.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { readLastRun } from '../runs/last-run.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';

/** The last completed run of a data set: what a plan is compared with. */
export interface PreviousRun {
  readonly runId: string;
  /** Of the data set. */
  readonly version: Sha256;
  /** Name of the backbone. */
  readonly backbone: string;
  readonly fingerprint: Sha256;
}

/** What the features of two runs differ in; `undefined`: in nothing. */
export type Difference = 'backbone' | 'recipe' | 'schema' | undefined;

const lineageFile = z.object({ version: z.string(), fingerprint: z.string() });
const backboneFile = z.object({ sha256: z.string(), recipe: z.record(z.string(), z.unknown()) });

/** The last completed run; `undefined` before the first, and where its record is damaged: it only explains. */
export async function readPreviousRun(store: ObjectStore, dataset: string): Promise<PreviousRun | undefined> {
  const last = await readLastRun(store, dataset);
  const lineage = lineageFile.safeParse(last?.lineage);
  if (last === undefined || !lineage.success) return undefined;
  const { version, fingerprint } = lineage.data;
  return { runId: last.runId, version, backbone: last.backbone, fingerprint };
}

/**
 * What the features of the last run differ in from those of `backbone`. Network before recipe, where both do; where nobody
 * recorded the former, it was another network.
 */
export async function compareFeatures(
  store: ObjectStore,
  { fingerprint }: PreviousRun,
  backbone: Pick<BackboneDescription, 'fingerprint' | 'sha256' | 'recipe'>,
): Promise<Difference> {
  if (fingerprint === backbone.fingerprint) return undefined;
  const former = backboneFile.safeParse(parseJson(await getIfThere(store, keys.backbone(fingerprint))));
  if (!former.success || former.data.sha256 !== backbone.sha256) return 'backbone';
  return canonicalJson(former.data.recipe) === canonicalJson(backbone.recipe) ? 'schema' : 'recipe';
}

/**
 * What the last run tells about images that are to be computed. Reads the index of its version, unless that is the planned
 * one; `undefined` where that is gone or damaged.
 */
export async function recallImages(
  store: ObjectStore,
  previous: PreviousRun,
  difference: Difference,
  planned: { readonly dataset: string; readonly version: Sha256; readonly rows: readonly IndexRow[] },
): Promise<KnownImages['previous']> {
  const reason = difference ?? 'lost';
  if (previous.version === planned.version) return { rows: planned.rows, reason };
  try {
    return { rows: await readIndex(store, planned.dataset, previous.version), reason };
  } catch (error) {
    if (error instanceof ObjectNotFound || error instanceof TableDamaged) return undefined;
    throw error;
  }
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as unknown);
  } catch {
    return undefined;
  }
}
