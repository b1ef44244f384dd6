import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import { inParallel } from '../dataset/in-parallel.js';
import { orderByHash } from '../dataset/order-by-hash.js';
import { type FeatureIndex, indexFeatures } from '../features/feature-index.js';
import { loadQuarantine } from '../features/refusals.js';
import { type ScannedFeatures, scanFeatures } from '../features/scan-features.js';
import { keys } from '../storage/keys.js';
import { type Wanted, checkShard } from './check-shard.js';
import type { Examined, Findings } from './finding.js';
import { findLostFeatures } from './find-lost-features.js';
import { groupByShard } from './group-by-shard.js';
import { hashObject } from './hash-object.js';
import type { Subject } from './open-run.js';

/** Shards in memory at once; one may take tens of megabytes. */
const CONCURRENT_SHARDS = 4;

/** Which features are computed again. */
export interface SampleOptions {
  /** How many. */
  readonly sample: number;
  /** Another seed chooses others. */
  readonly seed: number;
}

/** What the store knows of the features of a run's pictures; absent where it could not be read. */
export interface ExaminedFeatures {
  readonly features: FeatureIndex | undefined;
  /** Reasons by image, of those refused by the extractor. */
  readonly refused: ReadonlyMap<Sha256, string> | undefined;
  /** The features to compute again, as the shards hold them; fewer than asked for where shards are damaged. */
  readonly sample: ReadonlyMap<Sha256, Float32Array>;
}

/**
 * Examines the segments of the run's fingerprint, and every shard that holds a feature of the run: whether its name fits
 * its images, its pages fit their checksums, and each vector is the one that the segments know. A picture that has neither
 * a feature nor a refusal is lost.
 */
export async function checkFeatures(
  subject: Subject,
  rows: readonly IndexRow[],
  options: SampleOptions,
  findings: Findings,
): Promise<Examined & ExaminedFeatures> {
  const { store, outcome } = subject;
  const { fingerprint } = outcome;
  const refusals = { store, what: 'refusal', object: keys.refusals(fingerprint) };
  const refused = await findings.attempt(refusals, () => loadQuarantine(store, fingerprint));
  const shards = { store, what: 'shard', object: keys.shards(fingerprint) };
  const scanned = await findings.attempt(shards, () => scanFeatures(store, fingerprint));
  if (scanned === undefined) return { counts: {}, features: undefined, refused, sample: new Map() };

  await checkSegments(subject, scanned, findings);
  const images = new Set(rows.map(({ sha256 }) => sha256));
  const features = ofImages(indexFeatures(scanned.covered, scanned.uncovered), images);
  const lost = [...images].filter((sha256) => !features.has(sha256) && refused?.has(sha256) !== true);
  if (lost.length > 0) await findLostFeatures(subject, lost, scanned, findings);

  const byShard = groupByShard(wantedOf(features));
  const sample = emptySample(features, options);
  await inParallel(byShard, CONCURRENT_SHARDS, ([name, wanted]) =>
    checkShard({ store, fingerprint, name }, wanted, sample, findings),
  );
  const counts = { features: features.size, shards: byShard.size, segments: scanned.segments.length };
  return { counts, features, refused, sample: withVectors(sample) };
}

/** Segments are derived, but one that lies would let a wrong feature pass. */
async function checkSegments(
  { store, outcome: { fingerprint } }: Subject,
  { segments }: ScannedFeatures,
  findings: Findings,
): Promise<void> {
  for (const object of segments) {
    const found = await findings.attempt({ store, what: 'segment', object }, () => hashObject(store, object));
    if (found === undefined || object === keys.segment(fingerprint, found.sha256)) continue;
    const detail = `its SHA-256 is ${found.sha256}; delete it, the next run rebuilds it from the shards`;
    findings.add({ kind: 'segment altered', object, detail });
  }
}

const ofImages = (index: FeatureIndex, images: ReadonlySet<Sha256>): FeatureIndex =>
  new Map([...index].filter(([sha256]) => images.has(sha256)));

function* wantedOf(features: FeatureIndex): Generator<Wanted> {
  for (const [sha256, place] of features) yield { sha256, ...place };
}

/** The images whose vectors the shards' check keeps. */
function emptySample(
  features: FeatureIndex,
  { sample, seed }: SampleOptions,
): Map<Sha256, Float32Array | undefined> {
  const chosen = orderByHash([...features.keys()], (sha256) => sha256, seed).slice(0, sample);
  return new Map(chosen.map((sha256) => [sha256, undefined]));
}

const withVectors = (
  sample: ReadonlyMap<Sha256, Float32Array | undefined>,
): ReadonlyMap<Sha256, Float32Array> =>
  new Map([...sample].flatMap(([sha256, vector]) => (vector === undefined ? [] : [[sha256, vector]])));
