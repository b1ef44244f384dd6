import { canonicalJson } from '../runs/canonical-json.js';
import { type RunOutcome, hasModel } from '../runs/run-summary.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { emptyPlan } from './empty-plan.js';
import { forgetFeatures } from './forget-features.js';
import { removeVersion, writeVersionWithout } from './forget-versions.js';
import type { ImageTraces } from './image-traces.js';
import type { KnowingRun } from './knowing-runs.js';
import { listFeatures } from './stored-features.js';
import { forgetInListing } from './stored-listings.js';

export interface ForgetOptions {
  /** `report.html` of the runs that knew it stays, although it may show the picture. Default `false`. */
  readonly keepReports?: boolean;
}

/**
 * Removes an image from a store: pictures, features, refusals, rows of indexes and listings, and what runs say of it. Receipts, metrics and
 * models stay; they hold counts, hashes over everything, and weights.
 *
 * The rows that name the image go last: killed at any byte, the same call finds it again and does the rest.
 */
export async function forgetImage(
  store: ObjectStore,
  traces: ImageTraces,
  runs: readonly KnowingRun[],
  { keepReports = false }: ForgetOptions = {},
): Promise<void> {
  const { sha256, versions, quarantine, pictures, listings } = traces;
  for (const run of runs) await forgetInRun(store, run, wordsFor(traces), keepReports);
  for (const features of await listFeatures(store)) await forgetFeatures(store, features, sha256);
  for (const key of quarantine) await store.delete(key);
  for (const { key } of listings) await forgetInListing(store, key, sha256);
  for (const version of versions) await writeVersionWithout(store, version, sha256);
  for (const key of pictures) await store.delete(key);
  for (const version of versions) if (version.rows > 0) await removeVersion(store, version);
}

async function forgetInRun(
  store: ObjectStore,
  { runId, hasReport, planSegments, batches, findings }: KnowingRun,
  words: readonly string[],
  keepReports: boolean,
): Promise<void> {
  if (hasReport && !keepReports) await store.delete(keys.runReport(runId));
  if (planSegments.length > 0) await emptyPlan(store, runId);
  for (const key of [...planSegments, ...batches, ...findings]) await store.delete(key);
  await blackOut(store, keys.runOutcome(runId), words);
}

/** How a message may name the image: its keys, file names, paths in the source, its hash and the beginning of it. */
function wordsFor({ sha256, pictures, versions, listings }: ImageTraces): readonly string[] {
  const names = pictures.map((key) => key.slice(key.lastIndexOf('/') + 1));
  const paths = [...versions.flatMap(({ refused }) => refused), ...listings.flatMap((each) => each.paths)];
  return [...pictures, ...names, ...paths, sha256, sha256.slice(0, 12)];
}

/** The cause of a run's failure may name pictures. */
async function blackOut(store: ObjectStore, key: string, words: readonly string[]): Promise<void> {
  if ((await store.head(key)) === undefined) return;
  const outcome = JSON.parse(Buffer.from(await store.get(key)).toString()) as RunOutcome;
  if (hasModel(outcome)) return;
  const { message } = outcome.cause;
  const blackened = words.reduce((rest, word) => rest.replaceAll(word, '(forgotten)'), message);
  if (blackened === message) return;
  const cause = { ...outcome.cause, message: blackened };
  await store.replace(key, Buffer.from(canonicalJson({ ...outcome, cause })));
}
