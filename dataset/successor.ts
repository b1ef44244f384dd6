import { z } from 'zod';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Sha256 } from './dataset.js';
import { getIfThere } from './optional-object.js';

const successorFile = z.object({ version: z.string().regex(/^[0-9a-f]{64}$/) });

/** The version that took the place of one that is gone; `undefined` where none did, or where the note is damaged. */
export async function readSuccessor(
  store: ObjectStore,
  dataset: string,
  version: Sha256,
): Promise<Sha256 | undefined> {
  const bytes = await getIfThere(store, keys.datasetSuccessor(dataset, version));
  if (bytes === undefined) return undefined;
  try {
    return successorFile.parse(JSON.parse(Buffer.from(bytes).toString())).version;
  } catch {
    return undefined;
  }
}

/** Notes which version takes the place of one that is about to go: models that it trained still name it. */
export const writeSuccessor = (
  store: ObjectStore,
  dataset: string,
  version: Sha256,
  successor: Sha256,
): Promise<void> =>
  store.replace(keys.datasetSuccessor(dataset, version), Buffer.from(JSON.stringify({ version: successor })));
