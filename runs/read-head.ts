import { getIfThere } from '../dataset/optional-object.js';
import type { Sha256 } from '../dataset/dataset.js';
import { BadInput } from '../errors/graft-error.js';
import type { CalibratedHead } from '../heads/calibration/calibrated-head.js';
import { decodeCalibrator } from '../heads/calibration/calibrator-file.js';
import { decodeHead } from '../heads/head-file.js';
import { type SelectionRecord, decodeSelection } from '../heads/selection/selection-file.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';

/**
 * The head of a model with its calibrator, if it has one. Throws `ObjectNotFound`, and `BadInput` with the object's key
 * where one is damaged.
 */
export async function readHead(store: ObjectStore, model: Sha256): Promise<CalibratedHead> {
  const [headKey, calibratorKey] = [keys.head(model), keys.calibrator(model)];
  const [bytes, calibrator] = await Promise.all([store.get(headKey), getIfThere(store, calibratorKey)]);
  const head = decode(headKey, () => decodeHead(bytes));
  if (calibrator === undefined) return head;
  return { ...head, calibrator: decode(calibratorKey, () => decodeCalibrator(calibrator)) };
}

/** How a model was chosen; `undefined` where it was not. Throws `BadInput` with the object's key where it is damaged. */
export async function readSelection(store: ObjectStore, model: Sha256): Promise<SelectionRecord | undefined> {
  const key = keys.selection(model);
  const bytes = await getIfThere(store, key);
  return bytes === undefined ? undefined : decode(key, () => decodeSelection(bytes));
}

function decode<Decoded>(key: string, work: () => Decoded): Decoded {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof BadInput)) throw cause;
    throw new BadInput(`${key}: ${cause.message} Delete the object first: the next run writes it anew.`, {
      cause,
    });
  }
}
