import type { Sha256 } from '../dataset/dataset.js';
import { getIfThere } from '../dataset/optional-object.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { nameModel } from './model-name.js';

/** Whether a model's objects are all there and are what its name says. */
export async function isWholeModel(store: ObjectStore, model: Sha256): Promise<boolean> {
  const objects = [keys.head, keys.labelEncoder, keys.lineage, keys.calibrator, keys.selection];
  const [head, labelEncoder, lineage, calibrator, selection] = await Promise.all(
    objects.map((keyOf) => getIfThere(store, keyOf(model))),
  );
  if (head === undefined || labelEncoder === undefined || lineage === undefined) return false;
  return nameModel({ head, labelEncoder, lineage, calibrator, selection }) === model;
}
