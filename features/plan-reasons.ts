import type { IndexRow, Sha256 } from '../dataset/dataset.js';

/**
 * Why an image is computed.
 *
 * - `new`: the last completed run of the data set did not have it, nor a file of its name.
 * - `changed`: that run had other bytes under its class and file name, and has lost them since.
 * - `backbone`, `recipe`, `schema`: that run had the image, with features of another network, of the same network with
 *   another recipe, or of both the same with another feature schema.
 * - `lost`: it was computed before, and the feature is not there any more or its shard does not read.
 * - `crashed`: it crashed an extractor before. It is in a batch, but workers of that engine leave it out.
 */
export const REASONS = ['new', 'changed', 'backbone', 'recipe', 'schema', 'lost', 'crashed'] as const;
export type Reason = (typeof REASONS)[number];

/** Distinct images by reason; reasons without an image are absent. */
export type ReasonCounts = Readonly<Partial<Record<Reason, number>>>;

interface ImageSet {
  has(sha256: Sha256): boolean;
}

/** What is known of images when a run is planned. */
export interface KnownImages {
  /** Have a feature of the planned fingerprint. */
  readonly features: ImageSet;
  /** Cannot become one. */
  readonly refused: ImageSet;
  /** Crashed an extractor. */
  readonly crashed: ImageSet;
  /** Had a feature whose shard is gone. */
  readonly gone: ImageSet;
  /** The last completed run; absent before the first. */
  readonly previous?: {
    readonly rows: readonly IndexRow[];
    /** What its features differ in; `lost`: in nothing. */
    readonly reason: Extract<Reason, 'backbone' | 'recipe' | 'schema' | 'lost'>;
  };
}

/** Every distinct image of a data set, counted once. */
export interface PlanAccount {
  /** Have a feature. */
  readonly reused: number;
  /** Have none and cannot become one, as an earlier run found. */
  readonly refused: number;
  /** The rest: what the plan's batches hold. */
  readonly reasons: ReasonCounts;
}

/**
 * Says of each distinct image whether it is reused, refused or computed, and why it is computed. Splits are no part of
 * it: a picture that changes may get another split by its hash.
 *
 * Takes memory for the images that are computed, beside the rows, and a few passes over them: no product of sizes.
 */
export function explainPlan(rows: readonly IndexRow[], known: KnownImages): PlanAccount {
  const counts = new Map<Reason, number>();
  const add = (reason: Reason, images = 1): unknown => counts.set(reason, (counts.get(reason) ?? 0) + images);
  const { open, ...account } = sortKnown(rows, known, add);
  const { previous } = known;
  if (previous !== undefined) {
    for (const { sha256 } of previous.rows) if (open.delete(sha256)) add(previous.reason);
    const before = open.size;
    dropChanged(rows, previous.rows, open);
    add('changed', before - open.size);
  }
  add('new', open.size);
  const found = REASONS.map((reason) => [reason, counts.get(reason) ?? 0] as const);
  return { ...account, reasons: Object.fromEntries(found.filter(([, images]) => images > 0)) };
}

/** `open` are the images that only the last run can tell more about. */
function sortKnown(
  rows: readonly IndexRow[],
  { features, refused, crashed, gone }: KnownImages,
  add: (reason: Reason) => unknown,
): { readonly open: Set<Sha256>; readonly reused: number; readonly refused: number } {
  const seen = new Set<Sha256>();
  const open = new Set<Sha256>();
  const sums = { reused: 0, refused: 0 };
  for (const { sha256 } of rows) {
    if (seen.has(sha256)) continue;
    seen.add(sha256);
    if (features.has(sha256)) sums.reused++;
    else if (refused.has(sha256)) sums.refused++;
    else if (crashed.has(sha256)) add('crashed');
    else if (gone.has(sha256)) add('lost');
    else open.add(sha256);
  }
  return { open, ...sums };
}

/** Takes those images out of `open` that have the name of a row of before which has gone; each such row explains one. */
function dropChanged(rows: readonly IndexRow[], before: readonly IndexRow[], open: Set<Sha256>): void {
  const names = new Set<string>();
  for (const { sha256, key } of rows) if (open.has(sha256)) names.add(nameOf(key));
  const kept = new Set<string>();
  for (const { key } of rows) if (names.has(nameOf(key))) kept.add(key);
  const gone = new Map<string, number>();
  for (const { key } of before) {
    const name = nameOf(key);
    if (names.has(name) && !kept.has(key)) gone.set(name, (gone.get(name) ?? 0) + 1);
  }
  for (const { sha256, key } of rows) {
    const name = nameOf(key);
    const left = open.has(sha256) ? (gone.get(name) ?? 0) : 0;
    if (left === 0) continue;
    gone.set(name, left - 1);
    open.delete(sha256);
  }
}

/** `<class>/<stem>` of a key `datasets/<name>/images/<split>/<class>/<stem>.<sha12>.<extension>`. */
function nameOf(key: string): string {
  let start = 0;
  for (let folders = 0; folders < 4; folders++) start = key.indexOf('/', start) + 1;
  return key.slice(start, key.lastIndexOf('.', key.lastIndexOf('.') - 1));
}
