import type { ExtractionResult } from '../feature-extractor.js';
import type { Group, RunGroup } from './micro-batch.js';
import type { PictureQueue } from './picture-queue.js';

export interface ExtractOptions {
  readonly signal?: AbortSignal;
  /** Told the number of pictures that are done, each time it grows. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Runs one call group by group and puts the results together in the pictures' order.
 *
 * Every group waits for its own tensor, so groups of this and of other calls overlap. The first failure, or the abort,
 * ends the call at once; groups that have begun end by themselves.
 *
 * @param size pictures in a micro-batch.
 * @param stop ends the call from outside; also aborted by the call itself when it fails.
 */
export async function runInMicroBatches(
  pictures: PictureQueue,
  size: number,
  runGroup: RunGroup,
  { signal, onProgress }: ExtractOptions = {},
  stop = new AbortController(),
): Promise<ExtractionResult> {
  signal?.throwIfAborted();
  const onAbort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  let done = 0;
  const run = async (group: Group): Promise<ExtractionResult> => {
    const result = await runGroup(pictures, group, stop.signal);
    done += group.count;
    if (!stop.signal.aborted) onProgress?.(done);
    return result;
  };
  try {
    const groups = Promise.all(splitIntoGroups(pictures.count, size).map(run));
    return mergeResults(await Promise.race([groups, rejectionOf(stop.signal)]));
  } catch (error) {
    stop.abort(error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Groups of `size`, the last one with what is left. */
export function splitIntoGroups(count: number, size: number): readonly Group[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, group) => ({
    first: group * size,
    count: Math.min(size, count - group * size),
  }));
}

const rejectionOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    // An abort's reason is whatever the caller gave, and is handed back as it is.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

function mergeResults(results: readonly ExtractionResult[]): ExtractionResult {
  return {
    images: results.flatMap(({ images }) => images),
    seconds: {
      decode: results.reduce((sum, { seconds }) => sum + seconds.decode, 0),
      inference: results.reduce((sum, { seconds }) => sum + seconds.inference, 0),
    },
  };
}
