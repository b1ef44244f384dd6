import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import sharp from 'sharp';

/** Where Keras' own resized pixels lie: with the recipe's fixtures, or beside the checkout. */
const FOLDERS = [
  'test/fixtures/keras-nearest',
  `${process.env['GRAFT_SHARED'] ?? '../shared'}/fixtures/vgg16`,
];

/** A picture as Keras' `load_img(target_size=(224, 224))` gave it: 224×224 RGB bytes. */
export async function readNearestPixels(picture: string): Promise<Uint8Array> {
  const name = picture.replace(/\.png$/, '.224-nearest.png');
  const file = FOLDERS.map((folder) => resolve(folder, name)).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`${name} is in none of ${FOLDERS.join(', ')}`);
  const { data } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (data.length !== 224 * 224 * 3) throw new Error(`${name} has ${data.length} bytes`);
  return data;
}
