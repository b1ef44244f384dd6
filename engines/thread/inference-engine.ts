import type { EngineDescription } from '../feature-extractor.js';

/** The pixels of one micro-batch: `microBatch × inputSize × inputSize × 3` bytes, memory of its own. */
export type MicroBatchPixels = Uint8Array<ArrayBuffer>;

/** What one micro-batch became. */
export interface Inference {
  /** `microBatch × dimensions`. */
  readonly features: Float32Array;
  /** The same memory that was given, for the next micro-batch. */
  readonly pixels: MicroBatchPixels;
  /** Wall time of the network alone. */
  readonly seconds: number;
}

/** Runs a backbone over micro-batches of one fixed size. */
export interface InferenceEngine {
  readonly description: EngineDescription;
  /** Pictures in every micro-batch. */
  readonly microBatch: number;
  /** Micro-batches that run at once; more calls wait their turn. */
  readonly sessions: number;
  /** Takes the pixels' memory away from the caller until the promise resolves; where it rejects, the memory is lost. */
  infer(pixels: MicroBatchPixels): Promise<Inference>;
  close(): Promise<void>;
}
