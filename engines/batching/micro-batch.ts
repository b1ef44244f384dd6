import pLimit from 'p-limit';
import type { Decoder } from '../decode/decode.js';
import type { ExtractedImage, ExtractionSeconds } from '../feature-extractor.js';
import type { InferenceEngine, MicroBatchPixels } from '../thread/inference-engine.js';
import type { PictureQueue } from './picture-queue.js';

/** What one picture of a call became, and its share of the time. */
export interface PictureOutcome {
  readonly image: ExtractedImage;
  readonly seconds: ExtractionSeconds;
}

/** Turns one picture of a call into a feature. Rejects with the signal's reason once that has aborted. */
export type RunPicture = (
  pictures: PictureQueue,
  index: number,
  signal: AbortSignal,
) => Promise<PictureOutcome>;

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

/** A picture that stands in line for a row of a micro-batch. */
interface Passenger {
  readonly pictures: PictureQueue;
  readonly index: number;
  readonly signal: AbortSignal;
  readonly resolve: (outcome: PictureOutcome) => void;
  readonly reject: (reason: unknown) => void;
}

/** A row of a micro-batch that is filled. */
interface Row {
  readonly passenger: Passenger;
  readonly refusal: { readonly reason: string } | undefined;
  readonly decodeSeconds: number;
}

/**
 * Decodes pictures straight into the memory of micro-batches and runs the network over them.
 *
 * The tensors are few and go round: while one is in the network, the next are filled. Pictures of all calls stand in one
 * line, so that the last ones of a call share their micro-batch with the first of the next; only when the line is empty
 * does one go with rows left over. A picture is read when a decoder is free for it, so that no more of them are held than
 * are decoded: a large micro-batch of large pictures would take gigabytes. The row of a refused picture stays as it was,
 * and so do rows that are left over: what lies in other rows changes no feature.
 */
export function createMicroBatchRunner(setting: MicroBatchSetting): RunPicture {
  const { engine, decode, dimensions } = setting;
  const rowBytes = setting.inputSize ** 2 * 3;
  const newTensor = (): MicroBatchPixels => new Uint8Array(engine.microBatch * rowBytes);
  const free = Array.from({ length: setting.tensors }, newTensor);
  const decoding = pLimit(setting.decoders);
  const line: Passenger[] = [];

  const fillRow = async (passenger: Passenger, target: Uint8Array): Promise<Row> => {
    const { pictures, index, signal } = passenger;
    signal.throwIfAborted();
    const bytes = await pictures.read(index);
    const start = performance.now();
    const refusal = await decode(bytes, target);
    signal.throwIfAborted();
    return { passenger, refusal, decodeSeconds: (performance.now() - start) / 1_000 };
  };

  /** Waits for all, so that nobody writes into a tensor that has gone on; who failed has been told. */
  const fill = async (
    tensor: MicroBatchPixels,
    passengers: readonly Passenger[],
  ): Promise<(Row | undefined)[]> =>
    Promise.all(
      passengers.map((passenger, row) => {
        const target = tensor.subarray(row * rowBytes, (row + 1) * rowBytes);
        return decoding(fillRow, passenger, target).catch((error: unknown) => {
          passenger.reject(error);
          return undefined;
        });
      }),
    );

  /** Takes the tensor once round; gives back the memory for the next. */
  const run = async (
    tensor: MicroBatchPixels,
    passengers: readonly Passenger[],
  ): Promise<MicroBatchPixels> => {
    const rows = await fill(tensor, passengers);
    const filled = rows.filter((row) => row !== undefined);
    try {
      if (filled.every(({ refusal }) => refusal !== undefined)) {
        for (const row of filled) row.passenger.resolve(outcomeOf(row, new Float32Array(), 0));
        return tensor;
      }
      const { features, pixels, seconds } = await engine.infer(tensor);
      for (const [at, row] of rows.entries()) {
        const vector = features.slice(at * dimensions, (at + 1) * dimensions);
        row?.passenger.resolve(outcomeOf(row, vector, seconds / filled.length));
      }
      return pixels;
    } catch (error) {
      for (const { passenger } of filled) passenger.reject(error);
      return newTensor();
    }
  };

  const startNext = (): void => {
    while (line.length > 0) {
      const tensor = free.pop();
      if (tensor === undefined) return;
      void run(tensor, line.splice(0, engine.microBatch)).then((returned) => {
        free.push(returned);
        startNext();
      });
    }
  };
  /** One step later, so that all pictures of a call stand in line before the first micro-batch goes. */
  const startSoon = (): void => queueMicrotask(startNext);

  return (pictures, index, signal) =>
    new Promise((resolve, reject) => {
      line.push({ pictures, index, signal, resolve, reject });
      if (line.length === 1) startSoon();
    });
}

function outcomeOf({ refusal, decodeSeconds }: Row, vector: Float32Array, inference: number): PictureOutcome {
  const image: ExtractedImage =
    refusal === undefined ? { kind: 'feature', vector } : { kind: 'refused', reason: refusal.reason };
  return { image, seconds: { decode: decodeSeconds, inference } };
}
