import type { Sha256 } from '../dataset/dataset.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { EngineUnavailable } from '../engines/engine-unavailable.js';
import { recallSpeed, tuningKey } from '../engines/tuning/kept-tuning.js';
import type { MeasuredSpeed } from './speed.js';

/** What `graft tune` measured on this machine for a backbone and engine; `undefined` where it did not. */
export function readTunedSpeed(
  cacheFolder: string,
  engine: EngineKind,
  fingerprint: Sha256,
): MeasuredSpeed | undefined {
  try {
    const imagesPerSecond = recallSpeed(cacheFolder, tuningKey({ fingerprint }, engine));
    return imagesPerSecond === undefined ? undefined : { imagesPerSecond, engine };
  } catch (error) {
    if (error instanceof EngineUnavailable) return undefined;
    throw error;
  }
}
