import pLimit from 'p-limit';
import { Context } from '@temporalio/activity';
import type { Backbone } from '../backbones/backbone.js';
import type { Sha256 } from '../dataset/dataset.js';
import type { ExtractedImage, FeatureExtractor } from '../engines/feature-extractor.js';
import type { BatchImage, RefusedImage } from '../features/batch.js';
import { readBatch } from '../features/plan-segments.js';
import { writeRefusal } from '../features/refusals.js';
import { shardName } from '../features/shard-name.js';
import { encodeShard } from '../parquet/encode-shard.js';
import type { ShardRow } from '../parquet/shard.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import { openBatchPictures } from './batch-pictures.js';
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
    /** In which at least one picture was being read; goes on beside the next two. */
    readonly read: number;
    readonly decode: number;
    readonly inference: number;
    readonly write: number;
  };
}

/** Refusals written at once: enough to hide a store's latency. */
const CONCURRENT_WRITES = 16;

export type ExtractionActivities = ReturnType<typeof createExtractionActivities>;

export function createExtractionActivities({ store, extractors }: ExtractionDeps) {
  const turns = createTurns();
  return {
    /**
     * Turns the images of one batch into one shard. May run twice, at once or be killed at any byte: the shard is written
     * in one piece, under a name that its images alone decide.
     */
    async extractBatch(request: BatchRequest): Promise<BatchResult> {
      // Kept, for the extractor calls back from a process that another batch started: `current()` would be that batch's.
      const context = Context.current();
      const beat = createPulse(context);
      // A network may have to be fetched, or be tuned for this machine, and that takes longer than a heartbeat's time-out.
      const { backbone, extractor } = await withHeartbeats(() =>
        extractors.get(request.backbone, request.fingerprint),
      );
      const { images } = await readBatch(store, request.planKey, request.batchId);
      const written = keys.shard(backbone.fingerprint, shardName(images.map((image) => image.sha256)));
      if ((await store.head(written)) !== undefined) return finishedBefore(images.length, written);

      const extraction = await extractInTurn(extractor, images, context.cancellationSignal, beat);
      const started = performance.now();
      const { rows, refusals } = sortOut(images, extraction.images);
      await writeRefusals(backbone, refusals);
      const shard = rows.length === 0 ? undefined : await writeShard(rows, backbone, extractor);
      return {
        features: rows.length,
        refused: refusals.length,
        ...(shard !== undefined && { shard }),
        seconds: { ...extraction.seconds, write: (performance.now() - started) / 1_000 },
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

  /** Reads and extracts; heartbeats while this batch, or one that it waits for, gets on. */
  async function extractInTurn(
    extractor: FeatureExtractor,
    images: readonly BatchImage[],
    signal: AbortSignal,
    beat: Tell,
  ): Promise<Pick<BatchResult, 'seconds'> & { readonly images: readonly ExtractedImage[] }> {
    let read = 0;
    let done = 0;
    const turn = turns.join(() => beat({ read: Math.max(read, done), done, images: images.length }));
    const onRead = (): void => {
      read++;
      turn.progress();
    };
    const onProgress = (count: number): void => {
      done = count;
      turn.progress();
    };
    const pictures = openBatchPictures(store, images, { signal, onRead });
    try {
      const result = await extractor.extract(pictures, { signal, onProgress });
      const { read: readThere = 0, ...seconds } = result.seconds;
      return {
        images: result.images,
        seconds: { read: pictures.readSeconds + readThere, ...seconds, write: 0 },
      };
    } finally {
      turn.leave();
    }
  }

  async function writeRefusals({ fingerprint }: Backbone, refusals: readonly RefusedImage[]): Promise<void> {
    await pLimit(CONCURRENT_WRITES).map(refusals, (refusal) => writeRefusal(store, fingerprint, refusal));
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
