/** A backbone that is loaded and ready to run. */
export interface Network {
  /** What it runs on: `cpu`, or the model of the GPU. Sizes that were measured are kept by it. */
  readonly device: string;
  /** `[count, inputSize, inputSize, 3]` uint8 → `[count, dimensions]` float32. One call at a time. */
  run(pixels: Uint8Array, count: number): Promise<Float32Array>;
  release(): Promise<void>;
}
