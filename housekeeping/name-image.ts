import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BadInput } from '../errors/graft-error.js';
import { quote } from '../dataset/quote.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import { type ImageTraces, findTraces } from './image-traces.js';

/** Fewer digits would too easily be those of another picture. */
const FEWEST_DIGITS = 12;

/**
 * Everything of a store about the image that `reference` names: its SHA-256 or at least 12 digits of its beginning, the key
 * of an object below `datasets/`, or the path of a picture file.
 *
 * Throws `BadInput` where that is no image of the store, or several.
 */
export async function nameImage(store: ObjectStore, reference: string): Promise<ImageTraces> {
  const beginning = await hashOf(store, reference);
  const found = await findTraces(store, beginning);
  const [traces] = found;
  if (traces === undefined)
    throw new BadInput(
      `Nothing in ${store.url} is about ${quote(reference)}${beginning === reference ? '' : ` (SHA-256 ${beginning})`}. Give another SHA-256, picture file or key, or the --store that holds it.`,
    );
  if (found.length > 1)
    throw new BadInput(
      `${quote(reference)} begins the SHA-256 of ${found.length} pictures: ${found.map(({ sha256 }) => sha256).join(', ')}. Give more digits of the one you mean.`,
    );
  return traces;
}

async function hashOf(store: ObjectStore, reference: string): Promise<string> {
  if (reference.startsWith(keys.datasets())) return hashOfObject(store, reference);
  if (/^[0-9a-f]{1,64}$/i.test(reference)) {
    if (reference.length >= FEWEST_DIGITS) return reference.toLowerCase();
    throw new BadInput(
      `${quote(reference)} is too short for a picture's SHA-256: expected at least ${FEWEST_DIGITS} digits, received ${reference.length}.`,
    );
  }
  return sha256(
    await readFile(reference).catch((cause: unknown) => {
      throw new BadInput(
        `${quote(reference)} names no picture: expected its SHA-256 (at least ${FEWEST_DIGITS} digits), a picture file that can be read, or a key that begins with ${keys.datasets()}.`,
        { cause },
      );
    }),
  );
}

async function hashOfObject(store: ObjectStore, key: string): Promise<string> {
  if (key.split('/')[2] !== 'images')
    throw new BadInput(`${quote(key)} is no picture: expected a key such as datasets/…/images/….`);
  try {
    return sha256(await store.get(key));
  } catch (cause) {
    if (!(cause instanceof ObjectNotFound)) throw cause;
    // The object has gone, or was never there; its name begins the hash.
    const digits = /\.([0-9a-f]{12})\.[^./]+$/.exec(key)?.[1];
    if (digits !== undefined) return digits;
    throw new BadInput(`There is no ${quote(key)} in ${store.url}. Give another key, or a SHA-256.`, {
      cause,
    });
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
