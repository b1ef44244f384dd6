import { z } from 'zod';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Sha256 } from './dataset.js';
import { getIfThere } from './optional-object.js';

const successorFile = z.object({ version: z.string().regex(/^[0-9a-f]{64}$/) });

/** A version, then the one that took its place, then that one's, to the last; none twice, should the notes go round. */
export async function* followSuccessors(
  store: ObjectStore,
  dataset: string,
  version: Sha256,
): AsyncGenerator<Sha256> {
  const seen = new Set<Sha256>();
  let next: Sha256 | undefined = version;
  while (next !== undefined && !seen.has(next)) {
    seen.add(next);
    yield next;
    next = await readSuccessor(store, dataset, next);
  }
}

/** The version that took the place of one that is gone; `undefined` where none did, or where the note is damaged. */
async function readSuccessor(
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
