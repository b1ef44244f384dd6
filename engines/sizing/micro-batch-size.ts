import { isOutOfMemory } from './out-of-memory.js';

/** Sizes are tried from 4 on, doubled each time, up to this. */
const SMALLEST = 4;
const LARGEST = 256;
/** A doubled micro-batch must bring that much more images/s: it takes memory, and a call's last one is padded. */
const WORTHWHILE = 1.05;
/** Seconds that one micro-batch may take: progress is told, and calls are cancelled, between micro-batches. */
const LONGEST = 1;

/**
 * Chooses how many pictures a GPU gets at once: the size is doubled while that brings more than 5 % more images/s, fits
 * into memory and would not take more than a second even at the rate of the smaller size.
 *
 * @param measure images/s at a size; may throw for want of memory.
 * @throws what `measure` throws for other reasons, and for a single picture.
 */
export async function chooseMicroBatch(measure: (size: number) => Promise<number>): Promise<number> {
  let size = SMALLEST;
  let rate = await measureOrNothing(measure, size);
  while (rate === undefined) {
    size /= 2;
    rate = size === 1 ? await measure(size) : await measureOrNothing(measure, size);
  }
  if (size < SMALLEST) return size;
  while (size * 2 <= LARGEST && (size * 2) / rate <= LONGEST) {
    const doubled = await measureOrNothing(measure, size * 2);
    if (doubled === undefined || doubled <= rate * WORTHWHILE) break;
    size *= 2;
    rate = doubled;
  }
  return size;
}

/** `undefined` where the size does not fit into memory. */
async function measureOrNothing(
  measure: (size: number) => Promise<number>,
  size: number,
): Promise<number | undefined> {
  try {
    return await measure(size);
  } catch (error) {
    if (isOutOfMemory(error)) return undefined;
    throw error;
  }
}
