import pLimit from 'p-limit';
import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Backbone } from '../backbones/backbone.js';
import type { Sha256 } from '../dataset/dataset.js';
import type { ExtractedImage, ExtractionResult, FeatureExtractor } from '../engines/feature-extractor.js';
import { GraftError } from '../errors/graft-error.js';
import type { BatchImage, RefusedImage } from '../features/batch.js';
import { readBatch } from '../features/plan-segments.js';
import { writeRefusal } from '../features/refusals.js';
import { shardName } from '../features/shard-name.js';
import { encodeShard } from '../parquet/encode-shard.js';
import type { ShardRow } from '../parquet/shard.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import { type Tell, createPulse, withHeartbeats } from './heartbeats.js';
import { createTurns } from './turns.js';

export interface ExtractionDeps {
  readonly store: ObjectStore;
  readonly extractors: {
    /** Throws `BadInput` where the name stands for a network with another fingerprint. */
    get(
      backbone: string,
      fingerprint?: Sha256,
    ): Promise<{ readonly backbone: Backbone; readonly extractor: FeatureExtractor }>;
  };
}

export interface BatchRequest {
  readonly runId: string;
  /** Key of the plan segment that holds the batch. */
  readonly planKey: string;
  readonly batchId: string;
  readonly backbone: string;
  /** Of the backbone that the run was planned with; absent in runs that an older Graft began. */
  readonly fingerprint?: Sha256;
}

export interface BatchResult {
  /** Images that have a feature now, and images that cannot have one. */
  readonly features: number;
  readonly refused: number;
  /** Key of the shard; absent where every image was refused. */
  readonly shard?: string;
  readonly seconds: {
    readonly read: number;
    readonly decode: number;
    readonly inference: number;
    readonly write: number;
  };
}

/** The bytes in the store are not those that the index knows: the store was changed behind Graft's back. */
export class ImageChanged extends GraftError {}

/** Requests to the store in flight: enough to hide its latency, few enough to bound memory. */
const CONCURRENT_REQUESTS = 16;

export type ExtractionActivities = ReturnType<typeof createExtractionActivities>;

export function createExtractionActivities({ store, extractors }: ExtractionDeps) {
  const turns = createTurns();
  // One limit for all batches: the first is read first, and keeps the extractor busy while the others follow.
  const reading = pLimit(CONCURRENT_REQUESTS);
  return {
    /**
     * Turns the images of one batch into one shard. May run twice, at once or be killed at any byte: the shard is written
     * in one piece, under a name that its images alone decide.
     */
    async extractBatch(request: BatchRequest): Promise<BatchResult> {
      // Kept, for the extractor calls back from a process that another batch started: `current()` would be that batch's.
      const context = Context.current();
      const beat = createPulse(context);
      const { backbone, extractor } = await extractors.get(request.backbone, request.fingerprint);
      const { images } = await readBatch(store, request.planKey, request.batchId);
      const written = keys.shard(backbone.fingerprint, shardName(images.map((image) => image.sha256)));
      if ((await store.head(written)) !== undefined) return finishedBefore(images.length, written);

      const lap = startClock();
      const bytes = await readImages(images, context.cancellationSignal, beat);
      const read = lap();
      const extraction = await extractInTurn(extractor, bytes, context.cancellationSignal, beat);
      lap();
      const { rows, refusals } = sortOut(images, extraction.images);
      await writeRefusals(backbone, refusals);
      const shard = rows.length === 0 ? undefined : await writeShard(rows, backbone, extractor);
      return {
        features: rows.length,
        refused: refusals.length,
        ...(shard !== undefined && { shard }),
        seconds: { read, ...extraction.seconds, write: lap() },
      };
    },

    /** Records a batch that used up its retries, with its images and the cause. */
    recordFailedBatch(
      request: BatchRequest & { readonly cause: string },
    ): Promise<{ readonly images: number }> {
      return withHeartbeats(async () => {
        const { runId, planKey, batchId, cause } = request;
        const batch = await readBatch(store, planKey, batchId);
        await store.replace(keys.runBatch(runId, batchId), Buffer.from(canonicalJson({ ...batch, cause })));
        return { images: batch.images.length };
      });
    },
  };

  /** Hashes the very bytes that will be decoded: a mismatch with the index is an error, never a feature. */
  async function readImages(
    images: readonly BatchImage[],
    signal: AbortSignal,
    beat: Tell,
  ): Promise<readonly Uint8Array[]> {
    let read = 0;
    return reading.map(images, async ({ key, sha256 }) => {
      signal.throwIfAborted();
      const bytes = await store.get(key);
      const actual = createHash('sha256').update(bytes).digest('hex');
      beat({ read: ++read, done: 0, images: images.length });
      if (actual === sha256) return bytes;
      throw new ImageChanged(
        `${key} has changed in the store: expected SHA-256 ${sha256}, received ${actual}. Delete the object and run again: it is restored from the source.`,
      );
    });
  }

  /** Heartbeats while this batch, or one that it waits for, gets on. */
  async function extractInTurn(
    extractor: FeatureExtractor,
    pictures: readonly Uint8Array[],
    signal: AbortSignal,
    beat: Tell,
  ): Promise<ExtractionResult> {
    let done = 0;
    const turn = turns.join(() => beat({ read: pictures.length, done, images: pictures.length }));
    try {
      return await extractor.extract(pictures, {
        signal,
        onProgress: (count) => {
          done = count;
          turn.progress();
        },
      });
    } finally {
      turn.leave();
    }
  }

  async function writeRefusals({ fingerprint }: Backbone, refusals: readonly RefusedImage[]): Promise<void> {
    await pLimit(CONCURRENT_REQUESTS).map(refusals, (refusal) => writeRefusal(store, fingerprint, refusal));
  }

  async function writeShard(
    rows: readonly ShardRow[],
    backbone: Backbone,
    extractor: FeatureExtractor,
  ): Promise<string> {
    const { fingerprint, dimensions } = backbone;
    const { name: engine, version: engineVersion } = extractor.engine;
    const key = keys.shard(fingerprint, shardName(rows.map((row) => row.sha256)));
    const bytes = await encodeShard({ rows, dimensions, fingerprint, engine, engineVersion });
    await store.putIfAbsent(key, bytes).catch((error: unknown) => {
      // Another worker wrote the same images first, on a machine that rounds otherwise: both are right, the first stays.
      if (!(error instanceof ObjectConflict)) throw error;
    });
    return key;
  }
}

const finishedBefore = (features: number, shard: string): BatchResult => ({
  features,
  refused: 0,
  shard,
  seconds: { read: 0, decode: 0, inference: 0, write: 0 },
});

function sortOut(
  images: readonly BatchImage[],
  extracted: readonly ExtractedImage[],
): { readonly rows: readonly ShardRow[]; readonly refusals: readonly RefusedImage[] } {
  if (extracted.length !== images.length)
    throw new TypeError(`the extractor answered ${extracted.length} of ${images.length} pictures`);
  const rows: ShardRow[] = [];
  const refusals: RefusedImage[] = [];
  for (const [at, { sha256 }] of images.entries()) {
    const image = extracted[at];
    // A number that is not finite would spoil every head that is trained on it.
    if (image?.kind === 'feature' && !image.vector.every(Number.isFinite))
      refusals.push({ sha256, reason: 'gives a feature with numbers that are not finite' });
    else if (image?.kind === 'feature') rows.push({ sha256, vector: image.vector });
    if (image?.kind === 'refused') refusals.push({ sha256, reason: image.reason });
  }
  return { rows, refusals };
}

/** A stopwatch: each call gives the seconds since the one before. */
function startClock(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - last) / 1_000;
    last = now;
    return seconds;
  };
}
