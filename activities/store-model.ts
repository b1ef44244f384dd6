import type { Sha256 } from '../dataset/dataset.js';
import { encodeCalibrator } from '../heads/calibration/calibrator-file.js';
import { encodeHead } from '../heads/head-file.js';
import { encodeSelection } from '../heads/selection/selection-file.js';
import type { TrainedModel } from '../heads/training/train-model.js';
import { canonicalJson } from '../runs/canonical-json.js';
import type { Lineage } from '../runs/lineage.js';
import { nameModel } from '../runs/model-name.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';

/** Stores a model under its name. The head last: a model that has one is whole. */
export async function storeModel(
  store: ObjectStore,
  { head, calibrator, selection }: TrainedModel,
  lineage: Lineage,
): Promise<Sha256> {
  const files = {
    labelEncoder: Buffer.from(canonicalJson({ classes: head.classes })),
    lineage: Buffer.from(canonicalJson(lineage)),
    ...(calibrator !== undefined && { calibrator: encodeCalibrator(calibrator) }),
    ...(selection !== undefined && { selection: encodeSelection(selection) }),
    head: encodeHead(head),
  };
  const model = nameModel(files);
  await store.putIfAbsent(keys.labelEncoder(model), files.labelEncoder);
  await store.putIfAbsent(keys.lineage(model), files.lineage);
  if (files.calibrator !== undefined) await store.putIfAbsent(keys.calibrator(model), files.calibrator);
  if (files.selection !== undefined) await store.putIfAbsent(keys.selection(model), files.selection);
  await store.putIfAbsent(keys.head(model), files.head);
  return model;
}
