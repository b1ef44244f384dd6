import { stat } from 'node:fs/promises';
import type { Backbone } from '../backbones/backbone.js';
import { openFolderSource } from '../dataset/folder-source.js';
import { orderByHash } from '../dataset/order-by-hash.js';
import { count } from '../dataset/quote.js';
import type { SourceFile } from '../dataset/source.js';
import { openZipSource } from '../dataset/zip-source.js';
import { createDecoder } from '../engines/decode/decode.js';
import { BadInput } from '../errors/graft-error.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStoredDataset } from './stored-dataset.js';

/** Pictures to choose from. */
export interface PictureChoice {
  /** `food-5k`, or the folder as it was typed. */
  readonly from: string;
  /** In an order that the seed decides. */
  readonly pictures: readonly { read(): Promise<Uint8Array> }[];
  close(): Promise<void>;
}

export interface PictureRequest {
  /** A data set in the store; default: that of the last completed run. */
  readonly dataset?: string | undefined;
  /** A folder or zip file of pictures instead of a data set. */
  readonly pictures?: string | undefined;
  readonly seed: number;
}

/** Throws `BadInput` where there is no such data set or folder, or both are given. */
export async function choosePictures(
  store: ObjectStore,
  { dataset, pictures, seed }: PictureRequest,
): Promise<PictureChoice> {
  if (dataset !== undefined && pictures !== undefined)
    throw new BadInput('--dataset and --pictures exclude each other: give the one that holds the pictures.');
  return pictures === undefined ? chooseFromDataset(store, dataset, seed) : chooseFromSource(pictures, seed);
}

/** Of the training split: what validation and evaluation measure must not be seen before. */
async function chooseFromDataset(
  store: ObjectStore,
  name: string | undefined,
  seed: number,
): Promise<PictureChoice> {
  const { manifest, rows } = await openStoredDataset(store, name);
  const training = rows.filter(({ split }) => split === 'training');
  const ordered = orderByHash(training, ({ sha256 }) => sha256, seed);
  return {
    from: manifest.name,
    pictures: ordered.map(({ key }) => ({ read: () => store.get(key) })),
    close: () => Promise.resolve(),
  };
}

const PICTURE = /\.(jpe?g|png|webp)$/i;

async function chooseFromSource(path: string, seed: number): Promise<PictureChoice> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new BadInput(`--pictures ${path} cannot be read; check that it exists and its permissions.`, {
      cause,
    });
  });
  const source = found.isDirectory()
    ? await openFolderSource(path)
    : await openZipSource(path, { shown: path });
  const files: SourceFile[] = [];
  for await (const file of source.files()) if (PICTURE.test(file.path)) files.push(file);
  return {
    from: path,
    pictures: orderByHash(files, (file) => file.path, seed),
    close: () => source.close(),
  };
}

/**
 * Decodes the first `images` pictures by the backbone's recipe, `inputSize × inputSize × 3` bytes each; refused ones are
 * passed over.
 *
 * @throws BadInput where there are not as many.
 */
export async function* decodePictures(
  { pictures, from }: PictureChoice,
  images: number,
  { recipe, inputSize }: Pick<Backbone, 'recipe' | 'inputSize'>,
): AsyncGenerator<Uint8Array> {
  const assertEnough = (received: number) => {
    if (received >= images) return;
    throw new BadInput(
      `Expected ${count(images)} pictures for calibration, received ${count(received)} from "${from}". Give more ` +
        'pictures, or a smaller --images.',
    );
  };
  assertEnough(pictures.length);
  const decode = createDecoder(recipe);
  let decoded = 0;
  for (const picture of pictures) {
    if (decoded === images) return;
    const pixels = new Uint8Array(inputSize ** 2 * 3);
    if ((await decode(await picture.read(), pixels)) !== undefined) continue;
    decoded += 1;
    yield pixels;
  }
  assertEnough(decoded);
}
