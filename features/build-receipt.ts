import { createHash } from 'node:crypto';
import type { IndexRow, QuarantinedImage, Sha256 } from '../dataset/dataset.js';
import { GraftError } from '../errors/graft-error.js';
import type { Receipt } from './receipt.js';

/** What a run knows at its end. */
export interface ReceiptInput {
  readonly rows: readonly IndexRow[];
  /** Refused before the index. */
  readonly quarantined: readonly Pick<QuarantinedImage, 'path' | 'sha256' | 'reason'>[];
  readonly features: ReadonlyMap<Sha256, { readonly featureSha256: Sha256 }>;
  /** Reasons by image, of those refused by the extractor. */
  readonly refused: ReadonlyMap<Sha256, string>;
  /** Distinct images of the data set that had a feature when the run was planned. */
  readonly reused: number;
  readonly batches: number;
  readonly failedBatches: number;
}

/** The run's counts contradict one another: a bug, or a store that lost features during the run. */
export class ReceiptContradiction extends GraftError {}

/** What became of one picture. */
type Fate =
  | readonly [image: string, kind: 'feature', featureSha256: Sha256]
  | readonly [image: string, kind: 'quarantined', reason: string]
  | readonly [image: string, kind: 'missing'];

/**
 * The account of every picture: feature, quarantined or missing. A picture that has a feature counts as one, even where it
 * was refused at another time.
 *
 * Throws {@link ReceiptContradiction} where fewer images have features than were reused.
 */
export function buildReceipt(input: ReceiptInput): Receipt {
  const fates = [
    ...input.quarantined.map(({ path, sha256, reason }): Fate => [
      sha256 || `path:${path}`,
      'quarantined',
      reason,
    ]),
    ...input.rows.map(({ sha256 }) => fateOf(sha256, input)),
  ];
  const distinct = new Set(input.rows.map(({ sha256 }) => sha256));
  const withFeature = [...distinct].filter((sha256) => input.features.has(sha256)).length;
  const computed = withFeature - input.reused;
  if (computed < 0)
    throw new ReceiptContradiction(
      `the run planned with ${input.reused} features and ends with ${withFeature}: the store lost some meanwhile; run again`,
    );
  return {
    images: fates.length,
    unique: distinct.size,
    features: countKind(fates, 'feature'),
    quarantined: countKind(fates, 'quarantined'),
    missing: countKind(fates, 'missing'),
    computed,
    reused: input.reused,
    batches: input.batches,
    failedBatches: input.failedBatches,
    contentHash: hashFates(fates),
  };
}

function fateOf(sha256: Sha256, { features, refused }: ReceiptInput): Fate {
  const feature = features.get(sha256);
  if (feature !== undefined) return [sha256, 'feature', feature.featureSha256];
  const reason = refused.get(sha256);
  return reason === undefined ? [sha256, 'missing'] : [sha256, 'quarantined', reason];
}

const countKind = (fates: readonly Fate[], kind: Fate[1]): number =>
  fates.filter((fate) => fate[1] === kind).length;

/**
 * SHA-256 over one line of JSON per picture, `["<image>","feature","<sha256>"]`, sorted by their UTF-8 bytes, each followed
 * by a line feed. See docs/formats.md.
 */
function hashFates(fates: readonly Fate[]): Sha256 {
  const lines = fates
    .map((fate) => Buffer.from(`${JSON.stringify(fate)}\n`))
    .sort((a, b) => Buffer.compare(a, b));
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line);
  return hash.digest('hex');
}
