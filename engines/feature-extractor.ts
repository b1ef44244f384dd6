import { GraftError } from '../errors/graft-error.js';
import type { Pictures } from './batching/picture-queue.js';

/** What one picture became. */
export type ExtractedImage =
  | { readonly kind: 'feature'; readonly vector: Float32Array }
  | { readonly kind: 'refused'; readonly reason: string };

/** Where the time of one call went. Decode seconds are summed over threads; inference seconds are wall time of the engine. */
export interface ExtractionSeconds {
  readonly decode: number;
  readonly inference: number;
  /** Seconds in which the extractor read pictures from files itself; absent where it was handed all of them. */
  readonly read?: number;
}

export interface ExtractionResult {
  /** As many as pictures were given, in their order. */
  readonly images: readonly ExtractedImage[];
  readonly seconds: ExtractionSeconds;
}

export interface EngineDescription {
  /** `onnx-cpu`, `onnx-cuda`, `tfjs` */
  readonly name: string;
  /** Version of the library that runs the network: `onnxruntime 1.30.0`, `tfjs 4.22.0 (wasm)`. */
  readonly version: string;
  readonly threads: number;
}

/**
 * Turns encoded pictures (JPEG, PNG, WebP) into feature vectors.
 *
 * Calls may overlap: decoding of one goes on during inference of another. Inference runs in micro-batches of one fixed
 * size, the last one padded, so that a feature depends on nothing but its own picture.
 */
export interface FeatureExtractor {
  readonly engine: EngineDescription;
  /** Length of every vector. */
  readonly dimensions: number;
  /**
   * A queue is read in order as there is room. Throws {@link ExtractorCrashed} when the process under it dies,
   * `signal.reason` when aborted, and what the queue threw. `onProgress` is told the number of pictures of this call that
   * are done, each time it grows.
   */
  extract(
    pictures: Pictures,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void },
  ): Promise<ExtractionResult>;
  close(): Promise<void>;
}

/** The extractor's process died (native crash, out of memory, killed). Retried: the next call starts a new process. */
export class ExtractorCrashed extends GraftError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { ...options, retryable: true });
  }
}
