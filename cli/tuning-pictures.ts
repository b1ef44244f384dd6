import type { Backbone } from '../backbones/backbone.js';
import { createDecoder } from '../engines/decode/decode.js';
import { BadInput } from '../errors/graft-error.js';
import type { ObjectStore } from '../storage/object-store.js';
import { choosePictures } from './calibration-pictures.js';

/** Of a source that holds nothing but other things, so many are tried. */
const MOST_TRIED = 200;

/**
 * Reads up to `wanted` pictures of a folder or a zip file that can be decoded: the same ones every time.
 *
 * @throws BadInput where there is none.
 */
export async function readTuningPictures(
  store: ObjectStore,
  path: string,
  wanted: number,
  { recipe, inputSize }: Backbone,
): Promise<readonly Uint8Array[]> {
  const choice = await choosePictures(store, { pictures: path, seed: 1 });
  const decode = createDecoder(recipe);
  const found: Uint8Array[] = [];
  try {
    for (const picture of choice.pictures.slice(0, MOST_TRIED)) {
      if (found.length === wanted) break;
      const bytes = await picture.read();
      if ((await decode(bytes, new Uint8Array(inputSize ** 2 * 3))) === undefined) found.push(bytes);
    }
  } finally {
    await choice.close();
  }
  if (found.length > 0) return found;
  throw new BadInput(
    `--pictures ${path}: expected JPEG, PNG or WebP pictures, received none that can be decoded. Give another folder or ` +
      'zip file, or leave --pictures out for made-up ones.',
  );
}
