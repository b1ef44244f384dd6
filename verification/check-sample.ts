import { createHash } from 'node:crypto';
import type { Backbone } from '../backbones/backbone.js';
import { assertPinned } from '../backbones/pinned-backbone.js';
import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import type { FeatureExtractor } from '../engines/feature-extractor.js';
import { keys } from '../storage/keys.js';
import { compareFeature, TOLERANCE } from './compare-feature.js';
import type { Examined, Findings } from './finding.js';
import type { Subject } from './open-run.js';

/** Pictures in memory at once. */
const CHUNK = 32;

export interface SampleDeps {
  /** Throws `BadInput` or `BackboneDamaged` where the name's network cannot be had. */
  readonly resolveBackbone: (name: string) => Promise<Backbone>;
  readonly openExtractor: (backbone: Backbone) => FeatureExtractor;
}

/** A picture and the feature that the store holds for it. */
interface Sampled {
  readonly key: string;
  readonly sha256: Sha256;
  readonly stored: Float32Array;
}

/**
 * Computes features again and compares them with the stored ones.
 *
 * @param rows of pictures that are not known to be damaged
 */
export async function checkSample(
  subject: Subject,
  rows: readonly IndexRow[],
  sample: ReadonlyMap<Sha256, Float32Array>,
  { resolveBackbone, openExtractor }: SampleDeps,
  findings: Findings,
): Promise<Examined> {
  const { store, outcome } = subject;
  const sampled = locate(rows, sample);
  if (sampled.length === 0) return { counts: { features: 0 } };
  const about = { store, what: 'backbone', object: keys.backbone(outcome.fingerprint) };
  const backbone = await findings.attempt(about, async () => {
    const found = await resolveBackbone(outcome.backbone);
    assertPinned(found, outcome.fingerprint);
    return found;
  });
  if (backbone === undefined) return { counts: { features: 0 }, note: 'nothing to compute them with' };
  const extractor = openExtractor(backbone);
  const differences: number[] = [];
  try {
    for (let start = 0; start < sampled.length; start += CHUNK)
      differences.push(
        ...(await compareChunk(subject, sampled.slice(start, start + CHUNK), extractor, findings)),
      );
  } finally {
    await extractor.close();
  }
  return { counts: { features: differences.length }, note: describe(differences, extractor) };
}

function locate(rows: readonly IndexRow[], sample: ReadonlyMap<Sha256, Float32Array>): readonly Sampled[] {
  const located = new Map<Sha256, Sampled>();
  for (const { key, sha256 } of rows) {
    const stored = sample.get(sha256);
    if (stored !== undefined && !located.has(sha256)) located.set(sha256, { key, sha256, stored });
  }
  return [...located.values()];
}

/** The differences of those that could be compared, in standard deviations. */
async function compareChunk(
  { store }: Subject,
  chunk: readonly Sampled[],
  extractor: FeatureExtractor,
  findings: Findings,
): Promise<readonly number[]> {
  const pictures: { readonly picture: Sampled; readonly bytes: Uint8Array }[] = [];
  for (const picture of chunk) {
    const { key: object, sha256 } = picture;
    const bytes = await findings.attempt({ store, what: 'sampled picture', object }, () => store.get(object));
    if (bytes === undefined) continue;
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found === sha256) pictures.push({ picture, bytes });
    else {
      const detail = `expected SHA-256 ${sha256}, found ${found}`;
      findings.add({ kind: 'sampled picture altered', object, detail });
    }
  }
  const { images } = await extractor.extract(pictures.map(({ bytes }) => bytes));
  return pictures.map(({ picture: { key: object, stored } }, at) => {
    const { difference, problem } = compareFeature(images[at], stored);
    if (problem !== undefined) findings.add({ kind: 'feature differs', object, detail: problem });
    return difference;
  });
}

function describe(differences: readonly number[], { engine }: FeatureExtractor): string {
  const greatest = differences.reduce((most, each) => (each <= most ? most : each), 0);
  const shown = greatest === 0 ? '0' : greatest.toPrecision(2);
  return (
    `computed again by ${engine.name}, ${engine.version}: ${shown} standard deviations apart at most, ` +
    `${TOLERANCE} allowed`
  );
}
