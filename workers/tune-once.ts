import pLimit from 'p-limit';
import type { Backbone } from '../backbones/backbone.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { keepTuning, recallTuning, tuningKey } from '../engines/tuning/kept-tuning.js';
import { makeSamplePictures } from '../engines/tuning/sample-pictures.js';
import { describeSetting } from '../engines/tuning/setting.js';
import { tune } from '../engines/tuning/tune.js';
import type { Announce } from '../infra/announcement.js';

export interface TuneOnce {
  readonly engine: EngineKind;
  readonly cacheFolder: string;
  readonly announce: Announce;
  readonly signal: AbortSignal;
}

/** Seconds after which no further candidate is begun. */
const SECONDS = 12;
/** Pictures to measure with. */
const PICTURES = 8;

/** Two networks that are tuned at once would measure each other. */
const oneAtATime = pLimit(1);

/**
 * Tunes a backbone in short and keeps the choice, unless one is kept already. A tuning that fails is announced and costs
 * no batch: the extractor starts with the defaults, and tells what is wrong itself.
 *
 * @throws `signal.reason`
 */
export function tuneOnce(backbone: Backbone, options: TuneOnce): Promise<void> {
  return oneAtATime(async () => {
    const { engine, cacheFolder, announce, signal } = options;
    try {
      const key = tuningKey(backbone, engine);
      if (recallTuning(cacheFolder, key) !== undefined) return;
      announce({ kind: 'step', text: `Tuning ${backbone.name} for this machine, about ${SECONDS} seconds` });
      const pictures = await makeSamplePictures(PICTURES);
      const { setting, imagesPerSecond } = await tune({
        ...{ backbone, engine, cacheFolder, pictures, signal },
        seconds: SECONDS,
      });
      await keepTuning(cacheFolder, key, setting, imagesPerSecond);
      announce({ kind: 'step', text: `Tuned ${backbone.name}: ${describeSetting(setting)}` });
    } catch (error) {
      signal.throwIfAborted();
      announce({ kind: 'failed', text: `Tuning ${backbone.name} failed, defaults it is: ${String(error)}` });
    }
  });
}
