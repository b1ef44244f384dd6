import { z } from 'zod';
import type { Sha256 } from '../dataset/dataset.js';
import { GraftError } from '../errors/graft-error.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';

const lineageFile = z.object({
  dataset: z.string(),
  version: z.string(),
  backbone: z.string(),
  fingerprint: z.string(),
  graft: z.string(),
});

/** What the registry needs to know of how a model came about. */
export type ModelLineage = Readonly<z.infer<typeof lineageFile>>;

/** Reads `lineage.json` of a model. Throws `ObjectNotFound`, and `GraftError` with the key where it is damaged. */
export async function readLineage(store: ObjectStore, model: Sha256): Promise<ModelLineage> {
  const key = keys.lineage(model);
  const bytes = await store.get(key);
  try {
    return lineageFile.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new GraftError(
      `${key} does not read: where the model came from is lost. Delete the object; the run that trains the model again writes it anew.`,
      { cause },
    );
  }
}
