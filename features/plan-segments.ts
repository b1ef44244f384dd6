import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SPLITS } from '../dataset/dataset.js';
import { GraftError } from '../errors/graft-error.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import type { Batch, BatchRange } from './batch.js';
import { type PlanAccount, REASONS, type ReasonCounts } from './plan-reasons.js';

/** Batches of one plan segment, and so of one extraction child workflow. */
const BATCHES_PER_SEGMENT = 1_000;

const count = z.number().int().nonnegative();
const split = z.enum(SPLITS);
const segmentFile = z.object({
  batches: z.array(
    z.object({ id: z.string(), split, images: z.array(z.object({ sha256: z.string(), key: z.string() })) }),
  ),
});
const planFile = z.object({
  batches: count,
  images: count,
  reused: count,
  // Plans of an older Graft have neither.
  refused: count.optional(),
  reasons: z.partialRecord(z.enum(REASONS), count).optional(),
  segments: z.array(
    z.object({
      key: z.string(),
      batches: count,
      images: count,
      ranges: z.array(z.object({ split, first: count, count })),
    }),
  ),
});

/** Up to {@link BATCHES_PER_SEGMENT} batches in one object. */
interface PlanSegment {
  readonly key: string;
  readonly batches: number;
  readonly images: number;
  /** Names of its batches, shortened. */
  readonly ranges: readonly BatchRange[];
}

/** What a run computes: `plan.json`. */
export interface Plan {
  readonly batches: number;
  /** Distinct images in those batches. */
  readonly images: number;
  /** Distinct images of the data set that had a feature already. */
  readonly reused: number;
  /** Distinct images that cannot become a feature, as an earlier run found; absent in plans of an older Graft. */
  readonly refused?: number | undefined;
  /** Why its images are computed; absent in plans of an older Graft. */
  readonly reasons?: ReasonCounts | undefined;
  readonly segments: readonly PlanSegment[];
}

interface WrittenPlan extends Partial<Omit<PlanAccount, 'reused'>> {
  readonly reused: number;
  readonly batches: readonly Batch[];
}

/**
 * Stores a run's plan, segments first and `plan.json` last. The first plan of a run stays: who comes later (a retry, for
 * which the store may look different by now) is given that one.
 */
export async function writePlan(
  store: ObjectStore,
  runId: string,
  { batches, reused, refused, reasons }: WrittenPlan,
): Promise<Plan> {
  const segments: PlanSegment[] = [];
  for (let start = 0; start < batches.length; start += BATCHES_PER_SEGMENT)
    segments.push(
      await writeSegment(store, runId, segments.length, batches.slice(start, start + BATCHES_PER_SEGMENT)),
    );
  const images = countImages(batches);
  const plan: Plan = { batches: batches.length, images, reused, refused, reasons, segments };
  try {
    await store.putIfAbsent(keys.runPlan(runId), toBytes(plan));
    return plan;
  } catch (error) {
    if (!(error instanceof ObjectConflict)) throw error;
    return readPlan(store, runId);
  }
}

async function writeSegment(
  store: ObjectStore,
  runId: string,
  number: number,
  batches: readonly Batch[],
): Promise<PlanSegment> {
  const bytes = toBytes({ batches });
  const key = keys.runPlanSegment(runId, number, createHash('sha256').update(bytes).digest('hex'));
  await store.putIfAbsent(key, bytes);
  return { key, batches: batches.length, images: countImages(batches), ranges: rangesOf(batches) };
}

const toBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const countImages = (batches: readonly Batch[]): number =>
  batches.reduce((sum, { images }) => sum + images.length, 0);

/** Batches of one split follow one another, so that a segment has at most one range per split. */
function rangesOf(batches: readonly Batch[]): BatchRange[] {
  return SPLITS.flatMap((name) => {
    const ofSplit = batches.filter((batch) => batch.split === name);
    const [first] = ofSplit;
    if (first === undefined) return [];
    return [{ split: name, first: Number(first.id.slice(name.length + 1)), count: ofSplit.length }];
  });
}

/** A run's plan. Throws `ObjectNotFound` where the run has none yet. */
export async function readPlan(store: ObjectStore, runId: string): Promise<Plan> {
  const key = keys.runPlan(runId);
  return parse(planFile, key, await store.get(key));
}

/** Segments kept in memory per store, one of each run: a run works through its segments one after the other. */
const KEPT_SEGMENTS = 4;
const kept = new WeakMap<ObjectStore, Map<string, Promise<ReadonlyMap<string, Batch>>>>();

/**
 * One batch of a plan segment.
 *
 * Segments never change, so that the thousand activities of one parse it once. Throws `ObjectNotFound`, and
 * {@link PlanDamaged} where the segment does not hold the batch.
 */
export async function readBatch(store: ObjectStore, segmentKey: string, id: string): Promise<Batch> {
  const batch = (await readSegment(store, segmentKey)).get(id);
  if (batch !== undefined) return batch;
  throw new PlanDamaged(`${segmentKey} holds no batch ${id}; start the run again`);
}

function readSegment(store: ObjectStore, key: string): Promise<ReadonlyMap<string, Batch>> {
  const segments = kept.get(store) ?? new Map<string, Promise<ReadonlyMap<string, Batch>>>();
  kept.set(store, segments);
  const segment = segments.get(key) ?? loadSegment(store, key);
  for (const other of segments.keys()) if (folderOf(other) === folderOf(key)) segments.delete(other);
  // Last in, last out: a map keeps the order in which its keys came.
  segments.set(key, segment);
  segment.catch(() => segments.delete(key));
  const [oldest] = segments.keys();
  if (segments.size > KEPT_SEGMENTS && oldest !== undefined) segments.delete(oldest);
  return segment;
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/'));

async function loadSegment(store: ObjectStore, key: string): Promise<ReadonlyMap<string, Batch>> {
  const { batches } = parse(segmentFile, key, await store.get(key));
  return new Map(batches.map((batch) => [batch.id, batch]));
}

/** A plan's object is not what Graft wrote. */
export class PlanDamaged extends GraftError {}

function parse<Output>(schema: z.ZodType<Output>, key: string, bytes: Uint8Array): Output {
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new PlanDamaged(`${key} is damaged: expected a plan as Graft writes it; start the run again`, {
      cause,
    });
  }
}
