import { createHash } from 'node:crypto';
import { BadInput } from '../../errors/graft-error.js';
import { keys } from '../../storage/keys.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { Sha256 } from '../dataset.js';
import { getIfThere } from '../optional-object.js';
import { type CorrectedLabels, createCorrectedLabels } from './corrected-labels.js';
import { parseCorrections } from './parse-corrections.js';

/** Puts a corrections file into the store, under its hash, where workers find it; gives the hash. */
export async function storeCorrections(store: ObjectStore, bytes: Uint8Array): Promise<Sha256> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await store.putIfAbsent(keys.corrections(sha256), bytes);
  return sha256;
}

/** The corrections of this hash. Throws `BadInput` where the store lacks them, or where they are not what they should be. */
export async function readCorrections(store: ObjectStore, sha256: Sha256): Promise<CorrectedLabels> {
  const key = keys.corrections(sha256);
  const bytes = await getIfThere(store, key);
  if (bytes === undefined)
    throw new BadInput(
      `The store has no corrections ${key}. Pass the file as --labels to graft run, which puts it there.`,
    );
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new BadInput(`${key} has another hash than its name says. Delete it and run again with --labels.`);
  return createCorrectedLabels(parseCorrections(bytes));
}
