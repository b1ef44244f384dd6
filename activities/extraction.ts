import pLimit from 'p-limit';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Backbone } from '../backbones/backbone.js';
import type { Sha256 } from '../dataset/dataset.js';
import {
  type ExtractedImage,
  ExtractorCrashed,
  type FeatureExtractor,
} from '../engines/feature-extractor.js';
import type { Batch, BatchImage, RefusedImage } from '../features/batch.js';
import { type PartName, imagesOfPart } from '../features/batch-parts.js';
import { readBatch } from '../features/plan-segments.js';
import { loadCrashes, writeCrash, writeRefusal } from '../features/refusals.js';
import { shardName } from '../features/shard-name.js';
import { encodeShard } from '../parquet/encode-shard.js';
import type { ShardRow } from '../parquet/shard.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import { openBatchPictures } from './batch-pictures.js';
import { type Tell, createPulse, withHeartbeats } from './heartbeats.js';
import { type Sharing, createSharing } from './sharing.js';
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
  /** Half of the batch, half of that, and so on: it crashed an extractor. Default: the whole. */
  readonly part?: PartName;
  /** The how-manieth retry that somebody asked for. Default 0: none. */
  readonly round?: number;
  /** Pictures of this fingerprint have crashed an extractor: leave out those that crashed this one. */
  readonly mayHaveCrashed?: boolean;
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
  const sharings = new WeakMap<FeatureExtractor, Sharing>();
  return {
    /**
     * Turns the images of one batch into one shard. May run twice, at once or be killed at any byte: the shard is written
     * in one piece, under a name that its images alone decide.
     *
     * A part of a batch has the extractor for itself, so that a crash is surely its own. A whole batch that crashes is
     * tried once more, for the crash may have been another's.
     */
    async extractBatch(request: BatchRequest): Promise<BatchResult> {
      // Kept, for the extractor calls back from a process that another batch started: `current()` would be that batch's.
      const context = Context.current();
      const beat = createPulse(context);
      // A network may have to be fetched, or be tuned for this machine, and that takes longer than a heartbeat's time-out.
      const { backbone, extractor } = await withHeartbeats(() =>
        extractors.get(request.backbone, request.fingerprint),
      );
      const batch = await imagesOf(request);
      const images =
        request.mayHaveCrashed === true ? await leaveOutCrashed(batch, backbone, extractor) : batch;
      const leftOut = batch.length - images.length;
      if (images.length === 0) return finishedBefore(0, leftOut);
      const written = keys.shard(backbone.fingerprint, shardName(images.map((image) => image.sha256)));
      if ((await store.head(written)) !== undefined) {
        await forgetFailure(request);
        return finishedBefore(images.length, leftOut, written);
      }

      const extract = () => extractInTurn(extractor, images, request, context.cancellationSignal, beat);
      const extraction = await extract()
        .catch((error: unknown) => {
          if (error instanceof ExtractorCrashed && isLone(request, images)) return extract();
          throw error;
        })
        .catch((error: unknown) => {
          if (!(error instanceof ExtractorCrashed)) throw error;
          const isWorthARetry = request.part === undefined && context.info.attempt === 1;
          throw describeCrash(error, images.length, extractor.engine.name, !isWorthARetry);
        });
      const started = performance.now();
      const { rows, refusals } = sortOut(images, extraction.images);
      await writeRefusals(backbone, refusals);
      const shard = rows.length === 0 ? undefined : await writeShard(rows, backbone, extractor);
      await forgetFailure(request);
      return {
        features: rows.length,
        refused: refusals.length + leftOut,
        ...(shard !== undefined && { shard }),
        seconds: { ...extraction.seconds, write: (performance.now() - started) / 1_000 },
      };
    },

    /** Records a batch that used up its retries, with its images and the cause. */
    recordFailedBatch(
      request: BatchRequest & { readonly cause: string },
    ): Promise<{ readonly images: number }> {
      return withHeartbeats(async () => {
        const { runId, planKey, batchId, part, cause } = request;
        const batch: Batch = await readBatch(store, planKey, batchId);
        const images = imagesOfPart(batch.images, part ?? '');
        const key = keys.runBatch(runId, part === undefined ? batchId : `${batchId}-${part}`);
        await store.replace(key, Buffer.from(canonicalJson({ ...batch, images, cause })));
        return { images: images.length };
      });
    },

    /** Remembers the only picture of a part as one that crashes an engine. */
    quarantineCrashed(request: BatchRequest & { readonly engine: string }): Promise<void> {
      return withHeartbeats(async () => {
        const { backbone } = await extractors.get(request.backbone, request.fingerprint);
        const { fingerprint } = backbone;
        for (const { sha256 } of await imagesOf(request))
          await writeCrash(store, { fingerprint, engine: request.engine, sha256 });
      });
    },
  };

  async function imagesOf({ planKey, batchId, part }: BatchRequest): Promise<readonly BatchImage[]> {
    const { images } = await readBatch(store, planKey, batchId);
    return imagesOfPart(images, part ?? '');
  }

  async function leaveOutCrashed(
    images: readonly BatchImage[],
    { fingerprint }: Backbone,
    { engine }: FeatureExtractor,
  ): Promise<readonly BatchImage[]> {
    const crashed = await loadCrashes(store, fingerprint, engine.name);
    return images.filter(({ sha256 }) => !crashed.has(sha256));
  }

  /** What is recorded as failed has succeeded now, where this is a retry of the whole batch. */
  async function forgetFailure({ runId, batchId, part, round }: BatchRequest): Promise<void> {
    if (round === undefined || part !== undefined) return;
    await store.delete(keys.runBatch(runId, batchId));
    for await (const { key } of store.list(keys.runBatchParts(runId, batchId))) await store.delete(key);
  }

  function sharingOf(extractor: FeatureExtractor): Sharing {
    const sharing = sharings.get(extractor) ?? createSharing();
    sharings.set(extractor, sharing);
    return sharing;
  }

  /** Reads and extracts; heartbeats while this batch, or one that it waits for, gets on. */
  async function extractInTurn(
    extractor: FeatureExtractor,
    images: readonly BatchImage[],
    { part }: BatchRequest,
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
      const sharing = sharingOf(extractor);
      const extract = () => extractor.extract(pictures, { signal, onProgress });
      const result = await (part === undefined ? sharing.shared(extract) : sharing.alone(extract));
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

/** Nothing is left to do: of pictures that were left out, and of those whose shard is there. */
const finishedBefore = (features: number, refused: number, shard?: string): BatchResult => ({
  features,
  refused,
  ...(shard !== undefined && { shard }),
  seconds: { read: 0, decode: 0, inference: 0, write: 0 },
});

const isLone = ({ part }: BatchRequest, images: readonly BatchImage[]): boolean =>
  part !== undefined && images.length === 1;

/** The workflow halves what crashed, and has to know how much it was. */
const describeCrash = (
  error: ExtractorCrashed,
  images: number,
  engine: string,
  nonRetryable: boolean,
): ApplicationFailure =>
  ApplicationFailure.create({
    ...{ type: 'ExtractorCrashed', message: error.message, nonRetryable, cause: error },
    details: [{ images, engine }],
  });

/** A loop of its own: `every` calls a function per number, ten times as slow, a millisecond a batch. */
function isFiniteVector(vector: Float32Array): boolean {
  for (let at = 0; at < vector.length; at++) if (!Number.isFinite(vector[at])) return false;
  return true;
}

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
    if (image?.kind === 'feature' && !isFiniteVector(image.vector))
      refusals.push({ sha256, reason: 'gives a feature with numbers that are not finite' });
    else if (image?.kind === 'feature') rows.push({ sha256, vector: image.vector });
    if (image?.kind === 'refused') refusals.push({ sha256, reason: image.reason });
  }
  return { rows, refusals };
}
