import type { Backbone } from '../../backbones/backbone.js';
import type { EngineOptions } from '../choice/engine-options.js';
import { createSupervisedExtractor, type SupervisedExtractor } from '../extractor/supervised-extractor.js';
import type { OpenContender, Sample } from './contest.js';
import { readProcessUsage } from './process-usage.js';

export interface ContenderSetting {
  readonly backbone: Backbone;
  readonly engine: EngineOptions;
  /** Encoded; used over and over. */
  readonly pictures: readonly Uint8Array[];
  /** Seconds that one measurement should take. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Opens settings as a worker would, each in a process of its own, and lets each load its network and get warm. */
export function createContenders(running: ContenderSetting): OpenContender {
  const { backbone, engine, pictures, seconds, signal } = running;
  let expected: number | undefined; // images/s
  return async (setting) => {
    const extractor = createSupervisedExtractor(backbone, { ...engine, ...setting });
    const round = setting.sessions * (setting.microBatch ?? LARGEST_MEASURED);
    const measure = (images: number) => measureSteadily(extractor, pictures, { round, images, signal });
    try {
      await extractor.extract(cycle(pictures, round), { signal });
      expected ??= (await measure(round)).imagesPerSecond;
      const images = Math.max(1, Math.round((expected * seconds) / round)) * round;
      return { measure: () => measure(images), close: () => extractor.close() };
    } catch (error) {
      await extractor.close();
      throw error;
    }
  };
}

/** Micro-batches whose size the engine measures itself grow up to this. */
const LARGEST_MEASURED = 256;

interface Stretch {
  /** Pictures that keep every session busy once. */
  readonly round: number;
  /** Pictures to measure. */
  readonly images: number;
  readonly signal: AbortSignal;
}

/**
 * Measures in the middle of a call: from the end of its first round until `images` more are done, with another round
 * behind them, so that decoding goes on beside the network from the first picture to the last. That round is waited for:
 * the next measurement is another process's, and should have the machine to itself.
 */
async function measureSteadily(
  extractor: SupervisedExtractor,
  pictures: readonly Uint8Array[],
  { round, images, signal }: Stretch,
): Promise<Sample> {
  let start: Moment | undefined;
  let end: Moment | undefined;
  const onProgress = (done: number): void => {
    if (start === undefined && done >= round) start = readMoment(extractor, done);
    if (start === undefined || end !== undefined || done - start.done < images) return;
    end = readMoment(extractor, done);
  };
  await extractor.extract(cycle(pictures, round + images + round), { signal, onProgress });
  if (start === undefined || end === undefined)
    throw new TypeError('A measurement ended before its pictures.');
  return between(start, end);
}

interface Moment {
  readonly done: number;
  readonly time: number;
  readonly processorMs: number;
  readonly peakBytes: number;
}

const readMoment = ({ pid }: SupervisedExtractor, done: number): Moment => ({
  done,
  time: performance.now(),
  ...readProcessUsage(pid),
});

function between(start: Moment, end: Moment): Sample {
  const images = end.done - start.done;
  return {
    imagesPerSecond: (1_000 * images) / (end.time - start.time),
    processorMs: (end.processorMs - start.processorMs) / images,
    peakBytes: end.peakBytes,
  };
}

/** The pictures again and again, as a queue. */
const cycle = (pictures: readonly Uint8Array[], count: number) => ({
  count,
  read: (index: number) => pictures[index % pictures.length] ?? new Uint8Array(),
});
