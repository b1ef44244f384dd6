import type { Progress } from './progress.js';

/** An interval so many times as slow as nearly all others held a pause, or its workers were away. */
const INTERRUPTED = 5;

/** What lay between two messages. */
interface Interval {
  readonly pictures: number;
  readonly seconds: number;
}

/**
 * Images a second of an extraction, over all workers, from its last messages; intervals in which it waited for somebody, or
 * that something interrupted, are left out. Empty where nothing was computed.
 */
export function measureSpeed({ pace }: Progress): { readonly imagesPerSecond?: number } {
  const intervals = intervalsOf(pace);
  const slow = INTERRUPTED * upperQuartile(intervals.map(secondsPerPicture));
  const steady = intervals.filter((interval) => secondsPerPicture(interval) <= slow);
  const pictures = steady.reduce((sum, interval) => sum + interval.pictures, 0);
  const seconds = steady.reduce((sum, interval) => sum + interval.seconds, 0);
  return pictures > 0 && seconds > 0 ? { imagesPerSecond: pictures / seconds } : {};
}

/** Messages that told of no picture count with the next. */
function intervalsOf(pace: Progress['pace']): readonly Interval[] {
  const [first, ...marks] = pace;
  if (first === undefined) return [];
  const intervals: Interval[] = [];
  let from = first;
  for (const mark of marks) {
    if (mark.afresh === true) from = mark;
    if (mark.pictures <= from.pictures) continue;
    intervals.push({ pictures: mark.pictures - from.pictures, seconds: (mark.at - from.at) / 1_000 });
    from = mark;
  }
  return intervals;
}

const secondsPerPicture = ({ pictures, seconds }: Interval): number => seconds / pictures;

/** Batches often end together, so that half of the intervals may be none at all. */
function upperQuartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length - 1) * 0.75)] ?? 0;
}
