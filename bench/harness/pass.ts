/** What one pass over some pictures took. */
export interface Pass {
  readonly images: number;
  /** Wall time. */
  readonly seconds: number;
  /** Processor time, user and system, of each process that took part; NaN where the system does not tell. */
  readonly processorSeconds: readonly number[];
}

/** Images a second. */
export const speedOf = ({ images, seconds }: Pass): number => images / seconds;

/** Processor milliseconds a picture, all processes together. */
export const millisecondsOf = ({ images, processorSeconds }: Pass): number =>
  (processorSeconds.reduce((sum, each) => sum + each, 0) / images) * 1_000;
