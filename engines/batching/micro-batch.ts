import pLimit from 'p-limit';
import type { Decoder } from '../decode/decode.js';
import type { ExtractedImage, ExtractionResult } from '../feature-extractor.js';
import type { Inference, InferenceEngine, MicroBatchPixels } from '../thread/inference-engine.js';
import type { PictureQueue } from './picture-queue.js';
import { createPool } from './pool.js';

/** Some pictures of a call, at most as many as a micro-batch holds. */
export interface Group {
  readonly first: number;
  readonly count: number;
}

/** Turns one group of a call into features. */
export type RunGroup = (
  pictures: PictureQueue,
  group: Group,
  signal: AbortSignal,
) => Promise<ExtractionResult>;

/** What a micro-batch is made of, and how much of it goes on at once. */
export interface MicroBatchSetting {
  readonly engine: InferenceEngine;
  readonly decode: Decoder;
  /** Side of the square input, pixels. */
  readonly inputSize: number;
  /** Length of a feature vector. */
  readonly dimensions: number;
  /** Pictures decoded at once. */
  readonly decoders: number;
  /** Micro-batches in memory. */
  readonly tensors: number;
}

interface DecodedRow {
  readonly refusal: { readonly reason: string } | undefined;
  readonly seconds: number;
}

/**
 * Decodes groups of pictures straight into the memory of micro-batches and runs the network over them.
 *
 * The tensors are few and go round, first come, first served over all calls: while one is in the network, the next are
 * filled, be it for the same call or for another. A picture is read when a decoder is free for it, so that no more of
 * them are held than are decoded: a large micro-batch of large pictures would take gigabytes. The row of a refused
 * picture stays as it was, and so do the rows that pad a call's last micro-batch: what lies in other rows changes no
 * feature.
 */
export function createMicroBatchRunner(setting: MicroBatchSetting): RunGroup {
  const { engine, decode, dimensions } = setting;
  const rowBytes = setting.inputSize ** 2 * 3;
  const newTensor = (): MicroBatchPixels => new Uint8Array(engine.microBatch * rowBytes);
  const tensors = createPool(Array.from({ length: setting.tensors }, newTensor));
  const decoding = pLimit(setting.decoders);

  const decodeRow = async (
    pictures: PictureQueue,
    index: number,
    row: Uint8Array,
    signal: AbortSignal,
  ): Promise<DecodedRow> => {
    signal.throwIfAborted();
    const bytes = await pictures.read(index);
    const start = performance.now();
    const refusal = await decode(bytes, row);
    return { refusal, seconds: secondsSince(start) };
  };

  const fill = (
    tensor: MicroBatchPixels,
    pictures: PictureQueue,
    { first, count }: Group,
    signal: AbortSignal,
  ) =>
    allSettledOrThrow(
      Array.from({ length: count }, (_, row) => {
        const pixels = tensor.subarray(row * rowBytes, (row + 1) * rowBytes);
        return decoding(decodeRow, pictures, first + row, pixels, signal);
      }),
    );

  return async (pictures, group, signal) => {
    let tensor = await tensors.take();
    try {
      signal.throwIfAborted();
      const rows = await fill(tensor, pictures, group, signal);
      signal.throwIfAborted();
      if (rows.every(({ refusal }) => refusal !== undefined)) return collect(rows, undefined, dimensions);
      const inference = await engine.infer(tensor).catch((error: unknown) => {
        tensor = newTensor();
        throw error;
      });
      tensor = inference.pixels;
      return collect(rows, inference, dimensions);
    } finally {
      tensors.give(tensor);
    }
  };
}

/** Waits for all, so that nobody writes into a tensor that has gone to the next group; then throws the first failure. */
async function allSettledOrThrow<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function collect(
  rows: readonly DecodedRow[],
  inference: Inference | undefined,
  dimensions: number,
): ExtractionResult {
  const toImage = ({ refusal }: DecodedRow, row: number): ExtractedImage => {
    if (refusal !== undefined) return { kind: 'refused', reason: refusal.reason };
    const vector = (inference?.features ?? new Float32Array()).slice(
      row * dimensions,
      (row + 1) * dimensions,
    );
    return { kind: 'feature', vector };
  };
  const decode = rows.reduce((sum, { seconds }) => sum + seconds, 0);
  return { images: rows.map(toImage), seconds: { decode, inference: inference?.seconds ?? 0 } };
}

const secondsSince = (start: number): number => (performance.now() - start) / 1000;
