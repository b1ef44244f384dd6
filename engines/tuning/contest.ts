import type { Setting } from './setting.js';

/** One measurement of a setting. */
export interface Sample {
  /** By the clock, decoding included. */
  readonly imagesPerSecond: number;
  /** Of the extractor's process, per picture; NaN where the system does not tell. */
  readonly processorMs: number;
  /** The most memory that the extractor's process ever had, in bytes; NaN where the system does not tell. */
  readonly peakBytes: number;
}

/** A setting that is running. */
export interface Contender {
  measure(): Promise<Sample>;
  close(): Promise<void>;
}

export type OpenContender = (setting: Setting) => Promise<Contender>;

/** What came of a candidate beside the present best; the sample holds medians, and the greatest memory. */
export interface Verdict {
  readonly outcome: 'better' | 'no better' | 'too large' | 'failed';
  /** Of the candidate; absent where it failed. */
  readonly sample?: Sample;
  /** Images/s of the candidate by those of the present best: the median of the pairs. */
  readonly ratio?: number;
  /** The present best's fastest measurement by its slowest: 1 on a machine that does nothing else. */
  readonly scatter?: number;
}

export interface ContestRules {
  /** Pairs of measurements after which a candidate that does not lead is given up. */
  readonly pairs: number;
  /** Pairs that one that leads must get through. */
  readonly confirmingPairs: number;
  /** Bytes that a setting may take. */
  readonly memory: number;
}

/** A candidate must be that much faster: less is noise, and would only change what is kept from day to day. */
const BETTER = 1.03;
/** A candidate whose first pair is that bad gets no second one. */
const HOPELESS = 0.7;

/**
 * Measures a candidate and the present best in turn, in changing order, so that a machine that slows down slows both. A
 * candidate is better where the median of the pairs says so by more than 3 % and it won every one of them: on a machine
 * that does other things as well, three pairs prove nothing, and some of a dozen candidates would win most by chance.
 *
 * @param isPresentTooLarge then a candidate that fits is better, however slow it is.
 */
export async function contest(
  present: Contender,
  candidate: Contender,
  { pairs, confirmingPairs, memory }: ContestRules,
  isPresentTooLarge: boolean,
): Promise<Verdict> {
  const samples: Sample[] = [];
  const rates: number[] = [];
  const ratios: number[] = [];
  const verdict = (outcome: Verdict['outcome']): Verdict => ({
    outcome,
    sample: summarise(samples),
    ratio: median(ratios),
    scatter: rates.length === 0 ? 1 : Math.max(...rates) / Math.min(...rates),
  });
  const isBetter = (): boolean => median(ratios) > BETTER && ratios.every((ratio) => ratio > 1);
  for (let pair = 0; pair < confirmingPairs; pair++) {
    const early = pair % 2 === 1 ? await present.measure() : undefined;
    const sample = await candidate.measure();
    samples.push(sample);
    if (sample.peakBytes > memory) return verdict('too large');
    const { imagesPerSecond } = early ?? (await present.measure());
    rates.push(imagesPerSecond);
    ratios.push(sample.imagesPerSecond / imagesPerSecond);
    if (isPresentTooLarge) return verdict('better');
    if (median(ratios) < HOPELESS || (pair + 1 >= pairs && !isBetter())) break;
  }
  return verdict(isBetter() ? 'better' : 'no better');
}

/** Medians, and the greatest memory. */
export const summarise = (samples: readonly Sample[]): Sample => ({
  imagesPerSecond: median(samples.map(({ imagesPerSecond }) => imagesPerSecond)),
  processorMs: median(samples.map(({ processorMs }) => processorMs)),
  peakBytes: Math.max(...samples.map(({ peakBytes }) => peakBytes)),
});

/** The middle value, the lower one of two; NaN of none. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
