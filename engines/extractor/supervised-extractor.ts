import { setTimeout as sleep } from 'node:timers/promises';
import type { Backbone } from '../../backbones/backbone.js';
import { describeEngine } from '../choice/describe-engine.js';
import { DEFAULT_ENGINE } from '../choice/engine-kind.js';
import {
  type EngineOptions,
  type KeptEngineOptions,
  resolveEngineOptions,
} from '../choice/engine-options.js';
import { type ExtractorChild, startExtractorChild } from './extractor-child.js';
import { ExtractorClosed } from './extractor-closed.js';
import { ExtractorCrashed, type FeatureExtractor } from '../feature-extractor.js';
import { networkBytes } from '../choice/network-bytes.js';
import { recallTuning, tuningKey } from '../tuning/kept-tuning.js';

/** An extractor in a process of its own. */
export interface SupervisedExtractor extends FeatureExtractor {
  /** Id of that process while there is one: for measuring it. */
  readonly pid: number | undefined;
}

/** Node takes a longer one for none at all. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export interface SupervisedOptions {
  /** Milliseconds without a call after which the process leaves, with its memory. Default: never. */
  readonly idleMs?: number | undefined;
}

/**
 * Makes an extractor that runs in a process of its own, started by the first call and again by the next call after it
 * died, or had left for want of work. A native crash or the out-of-memory killer so costs the calls under way, which
 * reject with ExtractorCrashed, and nothing else. The process leaves when it is closed, or when this process is gone,
 * however that went.
 *
 * What `graft tune` kept in `cacheFolder` for this backbone and machine fills in what `options` leave open.
 *
 * @example
 * const extractor = createSupervisedExtractor(await resolveBackbone('efficientnet-lite0'));
 * const { images } = await extractor.extract([await readFile('lunch.jpg')]);
 * await extractor.close();
 */
export function createSupervisedExtractor(
  backbone: Backbone,
  options: EngineOptions = {},
  { idleMs }: SupervisedOptions = {},
): SupervisedExtractor {
  const resolved = resolveEngineOptions(options, keptFor(backbone, options), networkBytes(backbone));
  const closing = new AbortController();
  let child: ExtractorChild | undefined;
  let leaving: Promise<void> = Promise.resolve();
  let calls = 0;
  let rest: NodeJS.Timeout | undefined;
  let crashes = 0;
  let earliestStart = 0;

  const start = (): ExtractorChild => {
    const started = startExtractorChild(backbone, resolved);
    void started.ended.then((error) => {
      if (child === started) child = undefined;
      if (closing.signal.aborted || !(error instanceof ExtractorCrashed)) return;
      earliestStart = performance.now() + restartDelay(++crashes);
    });
    return started;
  };
  const letGo = (): void => {
    leaving = Promise.all([leaving, child?.close()]).then(() => undefined);
    child = undefined; // a call that comes now starts another, once this one's memory is free
  };

  return {
    engine: describeEngine(resolved),
    dimensions: backbone.dimensions,
    get pid() {
      return child?.pid;
    },
    extract: async (images, callOptions = {}) => {
      await waitUntil(earliestStart, callOptions.signal, closing.signal);
      await leaving;
      closing.signal.throwIfAborted(); // maybe closed in the very moment
      clearTimeout(rest);
      calls++;
      try {
        child ??= start();
        const result = await child.extract(images, callOptions);
        crashes = 0;
        return result;
      } finally {
        calls--;
        if (calls === 0 && idleMs !== undefined && !closing.signal.aborted)
          rest = setTimeout(letGo, Math.min(idleMs, LONGEST_TIMEOUT_MS)).unref();
      }
    },
    close: async () => {
      closing.abort(new ExtractorClosed());
      clearTimeout(rest);
      await Promise.all([child?.close(), leaving]);
    },
  };
}

function keptFor(
  backbone: Backbone,
  { engine = DEFAULT_ENGINE, cacheFolder }: EngineOptions,
): KeptEngineOptions | undefined {
  return cacheFolder === undefined ? undefined : recallTuning(cacheFolder, tuningKey(backbone, engine));
}

/** Milliseconds before a new start: none after one crash, then half a second, doubled with every further one up to 5 s: batches that wait for it send no heartbeat. */
export function restartDelay(crashes: number): number {
  return crashes <= 1 ? 0 : Math.min(5_000, 500 * 2 ** (crashes - 2));
}

async function waitUntil(time: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  const given = signals.filter((signal) => signal !== undefined);
  for (const signal of given) signal.throwIfAborted();
  const wait = time - performance.now();
  if (wait <= 0) return;
  const signal = AbortSignal.any(given);
  await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
}
