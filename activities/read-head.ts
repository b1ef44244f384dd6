import type { Sha256 } from '../dataset/dataset.js';
import { BadInput } from '../errors/graft-error.js';
import type { Head } from '../heads/head.js';
import { decodeHead } from '../heads/head-file.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';

/** The head of a model. Throws `ObjectNotFound`, and `BadInput` with the object's key where it is damaged. */
export async function readHead(store: ObjectStore, model: Sha256): Promise<Head> {
  const key = keys.head(model);
  const bytes = await store.get(key);
  try {
    return decodeHead(bytes);
  } catch (cause) {
    if (!(cause instanceof BadInput)) throw cause;
    throw new BadInput(`${key}: ${cause.message} Delete the object first: the next run writes it anew.`, {
      cause,
    });
  }
}
