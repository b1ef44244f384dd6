import type { ExtractionResult } from '../feature-extractor.js';
import type { PictureOutcome, RunPicture } from './micro-batch.js';
import type { PictureQueue } from './picture-queue.js';

export interface ExtractOptions {
  readonly signal?: AbortSignal;
  /** Told the number of pictures that are done, each time it grows. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Runs the pictures of one call and puts the results together in their order.
 *
 * The first failure, or the abort, ends the call at once; micro-batches that have begun end by themselves.
 *
 * @param stop ends the call from outside; also aborted by the call itself when it fails.
 */
export async function runInMicroBatches(
  pictures: PictureQueue,
  runPicture: RunPicture,
  { signal, onProgress }: ExtractOptions = {},
  stop = new AbortController(),
): Promise<ExtractionResult> {
  signal?.throwIfAborted();
  const onAbort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const countOne = createCounter((done) => {
    if (!stop.signal.aborted) onProgress?.(done);
  });
  const run = async (index: number): Promise<PictureOutcome> => {
    const outcome = await runPicture(pictures, index, stop.signal);
    countOne();
    return outcome;
  };
  try {
    const all = Promise.all(Array.from({ length: pictures.count }, (_, index) => run(index)));
    return mergeOutcomes(await Promise.race([all, rejectionOf(stop.signal)]));
  } catch (error) {
    stop.abort(error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Counts, and tells the number once for all that come in one go: the pictures of a micro-batch. */
function createCounter(tell: (count: number) => void): () => void {
  let count = 0;
  let told = 0;
  const tellNow = (): void => {
    if (told === count) return;
    told = count;
    tell(count);
  };
  return () => {
    count++;
    queueMicrotask(tellNow);
  };
}

const rejectionOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    // An abort's reason is whatever the caller gave, and is handed back as it is.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

const mergeOutcomes = (outcomes: readonly PictureOutcome[]): ExtractionResult => ({
  images: outcomes.map(({ image }) => image),
  seconds: {
    decode: outcomes.reduce((sum, { seconds }) => sum + seconds.decode, 0),
    inference: outcomes.reduce((sum, { seconds }) => sum + seconds.inference, 0),
  },
});
